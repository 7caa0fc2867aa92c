//! The words around an amount: what they say it is. Whole words, in lower case.

use super::part::PartKind;

/// What a word says that an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Pay, as a word that needs no other.
    Pay,
    /// Pay of a kind.
    Kind(PartKind),
    /// No pay: funding, revenue, prices, customers.
    Other,
}

/// Words that name pay.
pub fn is_pay(word: &str) -> bool {
    matches!(
        word,
        "salary"
            | "salaries"
            | "salaried"
            | "compensation"
            | "pay"
            | "paid"
            | "pays"
            | "paying"
            | "base"
            | "wage"
            | "wages"
            | "remuneration"
            | "rate"
            | "rates"
            | "earn"
            | "package"
            | "packages"
            | "comp"
            | "payscale"
            | "ctc"
            | "payrate"
            | "sal"
            | "stipendium"
            | "gehalt"
            | "gehälter"
            | "jahresgehalt"
            | "bruttojahresgehalt"
            | "monatsgehalt"
            | "vergütung"
            | "lohn"
            | "stundenlohn"
            | "gehaltsspanne"
            | "gehaltsrahmen"
            | "gehaltsband"
            | "gehaltsbandbreite"
            | "bruttogehalt"
            | "mindestgehalt"
            | "entgelt"
            | "grundgehalt"
            | "einstiegsgehalt"
            | "jahresbruttogehalt"
            | "bruttomonatsgehalt"
            | "jahresbrutto"
            | "bruttomonatslohn"
            | "bruttolohn"
            | "monatslohn"
            | "jahreslohn"
            | "verdienst"
            | "bezahlung"
            | "stundensatz"
            | "tagessatz"
            | "kv"
            | "salaire"
            | "salaires"
            | "rémunération"
            | "rémunérations"
            | "tjm"
            | "rémunéré"
            | "salario"
            | "sueldo"
            | "remuneración"
            | "retribución"
            | "banda"
            | "stipendio"
            | "ral"
            | "retribuzione"
            | "compenso"
            | "salaris"
            | "salarisindicatie"
            | "brutosalaris"
            | "maandsalaris"
            | "jaarsalaris"
            | "loon"
            | "uurloon"
            | "uurtarief"
            | "tarief"
            | "salário"
            | "salario_"
            | "remuneração"
            | "bolsa"
            | "wynagrodzenie"
            | "wynagrodzenia"
            | "pensja"
            | "widełki"
            | "stawka"
            | "zarobki"
            | "zarabiaj"
            | "lön"
            | "månadslön"
            | "årslön"
            | "timlön"
            | "løn"
            | "lønn"
            | "årslønn"
            | "månedsløn"
            | "timeløn"
            | "palkka"
            | "laun"
            | "mzda"
            | "plat"
            | "fizetés"
            | "bér"
            | "salariu"
            | "salariul"
            | "заплата"
            | "зарплата"
            | "зп"
            | "оклад"
            | "заработная"
            | "вилка"
            | "maaş"
            | "ücret"
            | "gaji"
            | "lương"
            | "μισθός"
            | "年収"
            | "月給"
            | "時給"
            | "年俸"
            | "月収"
            | "日給"
            | "給与"
            | "薪资"
            | "月薪"
            | "年薪"
            | "时薪"
            | "日薪"
            | "工资"
            | "연봉"
            | "월급"
            | "시급"
            | "급여"
    )
}

/// Those who pay for something else than work.
pub fn is_payer(word: &str) -> bool {
    matches!(
        word,
        "customers"
            | "clients"
            | "users"
            | "people"
            | "companies"
            | "businesses"
            | "who"
            | "they"
            | "patients"
            | "merchants"
            | "students"
            | "consumers"
            | "brands"
            | "teams"
            | "families"
            | "organizations"
            | "enterprises"
            | "must"
            | "americans"
            | "have"
            | "would"
            | "you"
    )
}

/// The word for pay in a run of ideographs, or the run itself.
pub fn cjk_word(run: &str) -> &str {
    const KNOWN: &[&str] = &[
        "年収",
        "年俸",
        "年薪",
        "月給",
        "月薪",
        "月収",
        "時給",
        "时薪",
        "日給",
        "日薪",
        "給与",
        "薪资",
        "工资",
        "연봉",
        "월급",
        "시급",
        "급여",
        "奨金",
        "奖金",
        "賞与",
        "보너스",
        "時間",
        "小时",
        "个月",
        "月",
        "年",
        "日",
        "월",
        "년",
    ];
    KNOWN.iter().find(|known| run.contains(**known)).copied().unwrap_or(run)
}

/// Words that take what follows out of an amount: `Salary (excluding bonus): …`.
pub fn is_exclusion(word: &str) -> bool {
    matches!(
        word,
        "excluding"
            | "exclusive"
            | "excl"
            | "without"
            | "exkl"
            | "plus"
            | "hors"
            | "before"
            | "not"
            | "zzgl"
            | "zuzüglich"
            | "excludes"
    )
}

/// Words that begin another matter.
pub fn ends_phrase(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "plus"
            | "with"
            | "depending"
            | "based"
            | "dependent"
            | "commensurate"
            | "und"
            | "et"
            | "y"
            | "oder"
            | "including"
            | "along"
            | "we"
            | "you"
            | "which"
            | "that"
            | "is"
            | "are"
            | "je"
            | "lub"
            | "zzgl"
            | "zuzüglich"
            | "doe"
            | "excluding"
            | "w"
            | "&"
            | "driven"
            | "negotiable"
    )
}

/// Words that may stand between an amount and its period.
pub fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "brutto"
            | "netto"
            | "gross"
            | "net"
            | "brut"
            | "bruts"
            | "bruto"
            | "brutos"
            | "base"
            | "salary"
            | "fixed"
            | "fixe"
            | "full"
            | "usd"
            | "dollars"
            | "approximately"
            | "ca"
            | "only"
            | "lordo"
            | "lordi"
            | "zzgl"
            | "pre"
            | "before"
            | "tax"
            | "líquido"
            | "hrubého"
            | "hrubá"
            | "neto"
    )
}

/// What `word` before an amount says that it is.
pub fn before(word: &str) -> Option<Subject> {
    if is_pay(word) {
        return Some(Subject::Pay);
    }
    Some(match word {
        "bonus" | "bonuses" | "incentive" | "incentives" | "boni" | "prämie" | "prämien" | "prime" | "primes"
        | "bonusu" | "premie" | "bônus" | "bono" | "賞与" | "奖金" | "보너스" | "variable" => {
            Subject::Kind(PartKind::Bonus)
        }
        "signing" | "sign" => Subject::Kind(PartKind::Signing),
        "retention" => Subject::Kind(PartKind::Retention),
        "referral" | "referrals" | "refer" | "referring" => Subject::Kind(PartKind::Referral),
        "relocation" | "relocating" => Subject::Kind(PartKind::Relocation),
        "equity" | "stock" | "rsu" | "rsus" | "options" | "shares" | "vsop" | "esop" => Subject::Kind(PartKind::Equity),
        "commission" | "commissions" | "provision" => Subject::Kind(PartKind::Commission),
        "ote" | "zielgehalt" | "zieleinkommen" | "zielvergütung" => Subject::Kind(PartKind::Ote),
        "stipend" | "stipends" | "budget" | "allowance" | "allowances" | "reimbursement" | "reimburse" | "voucher"
        | "zuschuss" | "benefit" | "perk" | "perks" => Subject::Kind(PartKind::Allowance),
        "raised" | "raise" | "raising" | "funding" | "funded" | "fund" | "funds" | "valued" | "valuation"
        | "revenue" | "revenues" | "arr" | "mrr" | "gmv" | "backed" | "secured" | "investment" | "investments"
        | "invested" | "invest" | "quota" | "quotas" | "prize" | "prizes" | "save" | "saved" | "saves" | "savings"
        | "worth" | "managing" | "manage" | "manages" | "managed" | "processed" | "processing" | "process"
        | "sales" | "sold" | "generated" | "generating" | "deals" | "market" | "contribution" | "contributions"
        | "match" | "matching" | "grant" | "grants" | "credit" | "credits" | "donate" | "donated" | "donation"
        | "cost" | "costs" | "price" | "prices" | "priced" | "pricing" | "fee" | "fees" | "insurance" | "coverage"
        | "deductible" | "portfolio" | "spend" | "spending" | "spends" | "acquired" | "acquisition" | "fine"
        | "fines" | "penalty" | "umsatz" | "401k" | "retirement" | "pension" | "seed" | "aum" | "assets" | "profit"
        | "profits" | "turnover" | "billing" | "billings" | "premium" | "premiums" | "contract" | "contracts"
        | "transactions" | "volume" | "payments" | "payouts" | "reward" | "rewards" | "win" | "won" | "winning"
        | "bounty" | "loan" | "loans" | "debt" | "mortgage" | "mortgages" | "economy" | "industry" | "round"
        | "series" | "closed" | "users" | "customers" | "exceeding" | "donations" | "grossing" | "ebitda"
        | "payroll" | "purchase" | "buy" | "scholarship" | "tuition" | "subscription" => Subject::Other,
        _ => return None,
    })
}

/// What `word` after an amount says that it is; after a range fewer of them are believed.
pub fn after(word: &str, range: bool) -> Option<Subject> {
    let kind = match word {
        "base" | "basis" | "fix" | "fixum" => PartKind::Base,
        "bonus" | "bonuses" | "incentive" | "incentives" | "variable" | "prämie" | "prime" => PartKind::Bonus,
        "signing" | "sign" => PartKind::Signing,
        "retention" => PartKind::Retention,
        "referral" | "referrals" => PartKind::Referral,
        "relocation" if !range => PartKind::Relocation,
        "equity" | "stock" | "rsu" | "rsus" | "options" | "shares" => PartKind::Equity,
        "commission" | "commissions" => PartKind::Commission,
        "ote" | "target" => PartKind::Ote,
        "stipend" | "stipends" | "allowance" | "budget" | "reimbursement" | "reimbursements" | "voucher"
        | "vouchers" | "zuschuss" | "perk" => PartKind::Allowance,
        "salary" | "gehalt" | "salaire" | "salario" | "compensation" | "wage" => return Some(Subject::Pay),
        "revenue" | "revenues" | "arr" | "mrr" | "gmv" | "aum" | "funding" | "valuation" | "grant" | "grants"
        | "quota" | "quotas" | "deal" | "deals" | "assets" | "seed" | "round" | "investment" | "credit" | "credits"
        | "users" | "customers" | "clients" | "downloads" | "transactions" | "members" | "employees" | "people"
        | "engineers" | "years" | "hours" | "days" | "weeks" | "minutes" | "donation" | "contribution" | "prize"
        | "worth" | "raised" | "subscribers" | "visitors" | "developers" | "merchants" | "patients" | "drivers"
        | "students" | "onetime" | "profit" | "profits" | "differential" | "overtime" | "more" | "customer"
        | "user" | "turnover" | "lines" | "requests" | "events" | "records" => {
            return Some(Subject::Other);
        }
        "sales" | "match" | "company" | "companies" | "business" | "businesses" | "market" | "contract"
        | "contracts" | "industry" | "savings" | "fund" | "portfolio" | "orders" | "restaurants" | "stores"
        | "series" | "insurance" | "loan" | "loans" | "prizes" | "device" | "product" | "products" | "purchase"
        | "laptop" | "machine" | "service" | "spend"
            if !range =>
        {
            return Some(Subject::Other);
        }
        "learning" | "education" | "fitness" | "wellness" | "home" | "office" | "book" | "books" | "development"
        | "conference" | "conferences" | "travel" | "training"
            if !range =>
        {
            PartKind::Allowance
        }
        _ => return None,
    };
    Some(Subject::Kind(kind))
}

/// Words that join two amounts to a range.
pub fn is_joint(word: &str) -> bool {
    matches!(
        word,
        "to" | "bis"
            | "à"
            | "through"
            | "thru"
            | "until"
            | "till"
            | "tot"
            | "do"
            | "hasta"
            | "até"
            | "til"
            | "a"
            | "al"
            | "ad"
            | "до"
            | "și"
            | "ile"
            | "sampai"
            | "hingga"
            | "đến"
            | "から"
            | "至"
            | "到"
            | "upto"
            | "až"
    )
}

/// Words that join two amounts to a range after `between`.
pub fn is_and(word: &str) -> bool {
    matches!(word, "and" | "&" | "und" | "et" | "y" | "e" | "en" | "och" | "og" | "i" | "a" | "și" | "и" | "ja" | "és")
}

/// Words that open a range of two amounts joined by "and".
pub fn opens_range(word: &str) -> bool {
    matches!(
        word,
        "between"
            | "zwischen"
            | "entre"
            | "tussen"
            | "mellan"
            | "mellem"
            | "mellom"
            | "tra"
            | "fra"
            | "pomiędzy"
            | "między"
            | "mezi"
            | "între"
            | "между"
            | "btw"
            | "range"
            | "ranges"
            | "ranging"
            | "from"
    )
}
