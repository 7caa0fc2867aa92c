//! Benefits as a closed list of codes.

use std::sync::LazyLock;

use super::Found;
use super::clauses::{Clauses, Phrases};
use crate::sections::Kind;

/// The codes with the phrases that mean them. A benefit that has no code is not told.
const PHRASES: &[(&str, &[&str])] = &[
    (
        "health",
        &[
            "health insurance",
            "medical insurance",
            "medical coverage",
            "health coverage",
            "healthcare",
            "health care",
            "health benefits",
            "health plan",
            "private health",
            "private medical",
            "medical",
            "krankenversicherung",
            "mutuelle",
            "seguro médico",
            "seguro de salud",
            "plano de saúde",
            "zorgverzekering",
            "opieka medyczna",
            "prywatna opieka medyczna",
            "assurance maladie",
            "assurance santé",
            "sjukvårdsförsäkring",
            "sundhedsforsikring",
            "assicurazione sanitaria",
        ],
    ),
    ("dental", &["dental"]),
    (
        "vision",
        &[
            "vision insurance",
            "vision coverage",
            "vision benefits",
            "vision plan",
            "vision care",
            "vision plans",
            "vision",
        ],
    ),
    (
        "retirement",
        &[
            "401k",
            "401 k",
            "pension",
            "retirement plan",
            "retirement",
            "betriebliche altersvorsorge",
            "altersvorsorge",
            "superannuation",
            "rrsp",
            "403b",
            "403 b",
            "plan de retraite",
            "pensioen",
            "pensioenregeling",
            "tjänstepension",
        ],
    ),
    (
        "unlimited_pto",
        &[
            "unlimited pto",
            "unlimited paid time off",
            "unlimited vacation",
            "unlimited holiday",
            "unlimited holidays",
            "unlimited time off",
            "unlimited flexible pto",
            "unlimited leave",
            "unlimited annual leave",
            "unbegrenzter urlaub",
            "unlimited paid vacation",
            "unlimited flexible time off",
        ],
    ),
    (
        "pto",
        &[
            "pto",
            "paid time off",
            "paid vacation",
            "vacation days",
            "days of vacation",
            "days vacation",
            "annual leave",
            "days holiday",
            "days of holiday",
            "paid holidays",
            "holiday allowance",
            "paid leave",
            "flexible time off",
            "flexible vacation",
            "vacation policy",
            "urlaubstage",
            "tage urlaub",
            "jours de congés",
            "congés payés",
            "rtt",
            "días de vacaciones",
            "vakantiedagen",
            "vacation",
            "weeks holiday",
            "company holidays",
            "generous time off",
            "time off",
            "semester",
            "dni urlopu",
            "giorni di ferie",
        ],
    ),
    ("sick_leave", &["sick leave", "sick days", "paid sick", "sick time", "sick pay"]),
    (
        "parental_leave",
        &[
            "parental leave",
            "maternity leave",
            "paternity leave",
            "parental policy",
            "family leave",
            "maternity",
            "paternity",
            "elternzeit",
            "congé parental",
            "baby bonding",
            "primary caregiver",
            "föräldraledighet",
            "enhanced parental",
            "caregiver leave",
        ],
    ),
    (
        "equity",
        &[
            "equity",
            "stock options",
            "stock option",
            "share options",
            "rsu",
            "rsus",
            "bspce",
            "vsop",
            "esop",
            "esops",
            "stock",
            "option plan",
            "virtual shares",
            "mitarbeiterbeteiligung",
            "employee stock purchase",
            "espp",
            "aandelen",
            "share plan",
        ],
    ),
    (
        "bonus",
        &[
            "annual bonus",
            "performance bonus",
            "bonus scheme",
            "bonus program",
            "sign on bonus",
            "signing bonus",
            "bonuses",
            "bonus plan",
            "company bonus",
            "profit sharing",
            "profit share",
            "bonuszahlung",
            "bonus eligible",
            "quarterly bonus",
            "yearly bonus",
            "13e maand",
            "13 monatsgehalt",
            "weihnachtsgeld",
            "discretionary bonus",
            "bonus opportunity",
            "commission",
        ],
    ),
    (
        "learning_budget",
        &[
            "learning budget",
            "education budget",
            "training budget",
            "development budget",
            "learning and development budget",
            "learning stipend",
            "education stipend",
            "conference budget",
            "conferences and books",
            "professional development",
            "personal development budget",
            "tuition reimbursement",
            "tuition assistance",
            "continuing education",
            "weiterbildungsbudget",
            "weiterbildung",
            "weiterbildungen",
            "learning allowance",
            "budget formation",
            "opleidingsbudget",
            "learning and development stipend",
            "development stipend",
            "learning development budget",
            "further education",
            "education reimbursement",
        ],
    ),
    (
        "home_office_budget",
        &[
            "home office budget",
            "home office stipend",
            "home office setup",
            "home office allowance",
            "home office equipment",
            "work from home stipend",
            "work from home budget",
            "wfh stipend",
            "office setup",
            "remote work stipend",
            "office stipend",
            "equipment budget",
            "office furniture budget",
            "workspace stipend",
            "remote stipend",
            "office set up",
            "wfh budget",
            "home workspace",
        ],
    ),
    (
        "relocation",
        &[
            "relocation assistance",
            "relocation support",
            "relocation package",
            "relocation bonus",
            "relocation stipend",
            "relocation budget",
            "relocation",
        ],
    ),
    ("visa", &["visa support", "visa assistance", "visa sponsorship", "visa sponsorships"]),
    (
        "commuter",
        &[
            "commuter benefits",
            "commuter",
            "commuter stipend",
            "transit benefits",
            "public transport",
            "transport subsidy",
            "jobticket",
            "deutschlandticket",
            "deutschland ticket",
            "job ticket",
            "bvg",
            "cycle to work",
            "bike leasing",
            "jobrad",
            "job rad",
            "bikeleasing",
            "navigo",
            "ns business card",
            "reiskostenvergoeding",
            "parking",
            "season ticket loan",
            "transportation stipend",
            "mobility budget",
            "company car",
            "firmenwagen",
            "dienstwagen",
        ],
    ),
    (
        "wellness",
        &[
            "wellness stipend",
            "wellness budget",
            "wellness allowance",
            "wellness",
            "wellbeing",
            "gym",
            "gym membership",
            "fitness",
            "urban sports club",
            "egym wellpass",
            "wellpass",
            "classpass",
            "multisport",
            "gympass",
            "wellhub",
            "mental health",
            "headspace",
            "friskvårdsbidrag",
            "employee assistance program",
            "eap",
            "well being",
        ],
    ),
    (
        "meals",
        &[
            "free lunch",
            "free lunches",
            "catered lunch",
            "catered lunches",
            "catered meals",
            "free meals",
            "lunch",
            "lunches",
            "free food",
            "meals",
            "meal vouchers",
            "swile",
            "tickets restaurant",
            "ticket restaurant",
            "snacks",
            "dinner",
            "essenszuschuss",
            "breakfasts",
            "titres restaurant",
            "ticket restaurante",
            "vale refeição",
        ],
    ),
    (
        "childcare",
        &[
            "childcare",
            "child care",
            "kita zuschuss",
            "kindergarten",
            "crèche",
            "backup childcare",
            "daycare",
            "dependent care",
        ],
    ),
    ("fertility", &["fertility", "carrot", "adoption assistance", "family building", "family planning", "progyny"]),
    (
        "life_insurance",
        &[
            "life insurance",
            "life assurance",
            "life and disability",
            "life ad d",
            "lebensversicherung",
            "death in service",
            "life and ad d",
            "ad d",
            "seguro de vida",
        ],
    ),
    (
        "disability",
        &[
            "disability insurance",
            "short term disability",
            "long term disability",
            "disability coverage",
            "short and long term disability",
            "std ltd",
            "ltd",
            "income protection",
            "berufsunfähigkeitsversicherung",
            "long and short term disability",
            "life and disability",
            "short term insurance",
        ],
    ),
    ("spending_account", &["fsa", "hsa", "flexible spending", "health savings account"]),
    ("sabbatical", &["sabbatical", "sabbaticals"]),
    (
        "four_day_week",
        &[
            "four day week",
            "4 day week",
            "4 day work week",
            "four day work week",
            "4 day workweek",
            "four day workweek",
            "vier tage woche",
            "4 tage woche",
            "semaine de 4 jours",
        ],
    ),
    (
        "flexible_hours",
        &[
            "flexible hours",
            "flexible working hours",
            "flexible schedule",
            "flexible work hours",
            "flextime",
            "flexitime",
            "gleitzeit",
            "flexible arbeitszeiten",
            "horaires flexibles",
            "flexible working",
            "horario flexible",
            "flexible work schedule",
            "flexible work",
            "elastyczne godziny",
            "flexible werktijden",
        ],
    ),
    (
        "remote_work",
        &[
            "work from home",
            "remote work",
            "work from anywhere",
            "home office möglichkeit",
            "fully remote",
            "homeoffice",
            "télétravail",
            "teletrabajo",
            "work remotely",
            "remote first",
            "thuiswerken",
            "100 remote",
            "praca zdalna",
        ],
    ),
    (
        "offsites",
        &[
            "company offsite",
            "offsite",
            "offsites",
            "company retreat",
            "company retreats",
            "team retreats",
            "retreats",
            "team events",
            "teamevents",
            "company trips",
            "team offsites",
            "off sites",
            "team building",
        ],
    ),
    (
        "equipment",
        &[
            "choice of laptop",
            "macbook",
            "macbook pro",
            "latest equipment",
            "work laptop",
            "laptop of your choice",
            "top notch equipment",
            "new laptop",
            "computer of choice",
        ],
    ),
    (
        "phone_stipend",
        &[
            "phone stipend",
            "internet stipend",
            "cell phone",
            "phone and internet",
            "phone reimbursement",
            "internet reimbursement",
            "phone internet",
        ],
    ),
    (
        "volunteering",
        &[
            "volunteer days",
            "volunteering days",
            "volunteer time",
            "paid volunteering",
            "volunteer time off",
            "vto",
            "donation matching",
            "donations matching",
        ],
    ),
    (
        "discounts",
        &[
            "employee discount",
            "employee discounts",
            "corporate discounts",
            "mitarbeiterrabatte",
            "corporate benefits",
            "discounts",
        ],
    ),
    ("pets", &["pet insurance", "dog friendly", "pet friendly", "dogs welcome"]),
    ("legal_plan", &["legal plan", "legal services", "legal insurance"]),
    ("referral_bonus", &["referral bonus", "referral program", "employee referral"]),
];

static BENEFITS: LazyLock<Phrases<&'static str>> = LazyLock::new(|| Phrases::new(PHRASES));

/// Every benefit that `clauses` name, once each, in the order of the text. Only where the posting gives: under its benefits or its pay,
/// or in a text without sections.
pub(super) fn benefits(clauses: &Clauses<'_>, ground: &super::Ground<'_>) -> Vec<Found<&'static str>> {
    let mut out: Vec<Found<&'static str>> = Vec::new();
    let gives = ground.has(Kind::Benefits);
    for (value, range) in BENEFITS.find(clauses) {
        let (start, _) = clauses.span(range.clone());
        let here = match ground.kind(start) {
            Kind::Benefits => true,
            Kind::Pay | Kind::Place => true,
            // What a posting says elsewhere counts only beside words of giving.
            Kind::Other
            | Kind::Process
            | Kind::About
            | Kind::Legal
            | Kind::Requirements
            | Kind::Duties
            | Kind::Preferred => {
                let sentence = clauses.sentence(range.start, 30);
                let gift = [
                    "offer",
                    "offers",
                    "benefits",
                    "benefit",
                    "perks",
                    "package",
                    "provide",
                    "provides",
                    "bieten",
                    "offrons",
                    "includes",
                    "include",
                    "including",
                    "eligible",
                    "competitive",
                    "receive",
                    "plus",
                    "enjoy",
                ];
                let doubtful = matches!(ground.kind(start), Kind::Requirements | Kind::Duties | Kind::Preferred);
                let given = clauses.has(sentence.clone(), &gift);
                given
                    && (!doubtful
                        || clauses.has(sentence.clone(), &["we", "our", "benefits", "competitive", "package"])
                            && !gives
                            && PHRASED.contains(&value))
            }
        };
        let sentence = clauses.sentence(range.start, 10);
        let denied = clauses.has(
            sentence.start.max(range.start.saturating_sub(5))..range.start,
            &["no", "not", "without", "unable", "kein"],
        ) || value == "visa" && clauses.has(range.end..sentence.end, &["not", "unavailable"]);
        let single = range.len() == 1
            && matches!(
                clauses.word(range.start),
                "medical"
                    | "vision"
                    | "stock"
                    | "semester"
                    | "relocation"
                    | "parking"
                    | "dinner"
                    | "commission"
                    | "retirement"
            )
            && ground.kind(start) != Kind::Benefits
            && ground.kind(start) != Kind::Pay;
        if !here
            || denied
            || single
                && !clauses.has(
                    sentence.clone(),
                    &["benefits", "insurance", "coverage", "401k", "dental", "equity", "package", "offer"],
                )
        {
            continue;
        }
        if out.iter().all(|found| found.value != value) {
            out.push(Found::in_text(value, "benefit-phrase", clauses.span(range), if gives { 0.9 } else { 0.75 }));
        }
    }
    // Who has no limit has paid time off.
    out
}

/// Benefits that may be believed in the middle of an account of the work.
const PHRASED: &[&str] = &["health", "dental", "retirement", "pto", "unlimited_pto", "equity"];
