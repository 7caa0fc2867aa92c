//! The words of pay statements: for pay, for what joins amounts, for what ends a statement. Whole words, in lower case.

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
