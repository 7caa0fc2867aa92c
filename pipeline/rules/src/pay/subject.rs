//! What an amount is, by the words around it. Whole words, in lower case.

use super::part::PartKind;
use super::words::is_pay;

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
        "equity" | "vsop" | "esop" | "stock" | "rsu" | "rsus" | "options" | "shares" => PartKind::Equity,
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
