//! What national companies and names of sites add at the end: dropped for the family of an employer, never for its key.

/// The rules of this file, by their names in a step.
pub(super) const RULES: [&str; 4] = ["country-tail", "domain-tail", "glued-tail", "unspaced"];

/// Countries and regions that companies write behind their name, spelled.
const COUNTRIES: &[&str] = &[
    "germany",
    "deutschland",
    "france",
    "uk",
    "united kingdom",
    "great britain",
    "ireland",
    "spain",
    "espana",
    "iberia",
    "italy",
    "italia",
    "portugal",
    "netherlands",
    "nederland",
    "belgium",
    "belgie",
    "benelux",
    "luxembourg",
    "switzerland",
    "schweiz",
    "suisse",
    "austria",
    "osterreich",
    "poland",
    "polska",
    "czech republic",
    "czechia",
    "slovakia",
    "slovensko",
    "hungary",
    "romania",
    "bulgaria",
    "greece",
    "hellas",
    "turkey",
    "turkiye",
    "sweden",
    "sverige",
    "norway",
    "norge",
    "denmark",
    "danmark",
    "finland",
    "suomi",
    "nordics",
    "nordic",
    "baltics",
    "estonia",
    "latvia",
    "lithuania",
    "ukraine",
    "croatia",
    "serbia",
    "slovenia",
    "usa",
    "us",
    "united states",
    "united states of america",
    "north america",
    "americas",
    "canada",
    "mexico",
    "brazil",
    "brasil",
    "argentina",
    "chile",
    "colombia",
    "peru",
    "latam",
    "latin america",
    "india",
    "china",
    "japan",
    "korea",
    "singapore",
    "malaysia",
    "indonesia",
    "thailand",
    "vietnam",
    "philippines",
    "hong kong",
    "taiwan",
    "australia",
    "new zealand",
    "anz",
    "israel",
    "uae",
    "middle east",
    "mena",
    "saudi arabia",
    "egypt",
    "south africa",
    "nigeria",
    "kenya",
    "africa",
    "europe",
    "eu",
    "emea",
    "dach",
    "apac",
    "asia",
    "asia pacific",
    "global",
    "international",
    "worldwide",
];

/// Words after which a country is part of the name: "Bank of America", "Teach for India".
const BOUND: &[&str] = &["of", "for", "in", "de", "du", "and", "the", "del", "von", "made", "visit", "study"];

/// Names that say nothing without their country: "Air France", "Telekom Deutschland".
const GENERIC: &[&str] = &[
    "air",
    "airlines",
    "airways",
    "bank",
    "banco",
    "banque",
    "banca",
    "radio",
    "team",
    "telecom",
    "telekom",
    "post",
    "university",
    "royal",
    "greenpeace",
    "british",
    "national",
    "business",
    "save",
    "food",
    "energy",
    "invest",
    "water",
    "rail",
    "city",
    "care",
    "health",
    "studio",
    "credit",
    "securities",
    "media",
    "digital",
    "tech",
    "solutions",
    "services",
    "consulting",
    "hotel",
    "hotels",
    "museum",
    "ministry",
];

/// Ends of addresses of sites.
const DOMAINS: &[&str] = &["com", "io", "net", "org", "app", "dev"];

/// `name` without a country at its end.
pub(super) fn country(name: &str) -> Option<String> {
    let mut longest =
        COUNTRIES.iter().filter_map(|country| name.strip_suffix(country)?.strip_suffix(' ')).collect::<Vec<_>>();
    longest.sort_by_key(|rest| rest.len());
    let rest = *longest.first()?;
    let bound = rest.rsplit(' ').next().is_some_and(|word| BOUND.contains(&word));
    (!bound && !GENERIC.contains(&rest) && rest.chars().count() > 1).then(|| rest.to_owned())
}

/// `name` without the end of an address, and without `www` before it.
pub(super) fn domain(name: &str) -> Option<String> {
    let start = name.strip_prefix("https ").or_else(|| name.strip_prefix("http ")).unwrap_or(name);
    let start = start.strip_prefix("www ").unwrap_or(start);
    let rest = DOMAINS.iter().find_map(|domain| start.strip_suffix(domain)?.strip_suffix(' ')).unwrap_or(start);
    (rest.len() < name.len() && !GENERIC.contains(&rest)).then(|| rest.to_owned())
}

/// What accounts at job sites write behind a name without a space.
const GLUED: &[&str] = &["careers", "jobs", "usa", "inc", "llc", "ltd", "gmbh"];

/// Fewest letters of a name before what is glued to it.
const FEWEST: usize = 5;

/// A name of one word without what is glued to it: `tenableinc`, `automatticcareers`.
pub(super) fn glued(name: &str) -> Option<String> {
    let rest = GLUED.iter().find_map(|tail| name.strip_suffix(tail))?;
    (!name.contains(' ') && rest.chars().count() >= FEWEST).then(|| rest.to_owned())
}

/// `name` without spaces, as addresses and accounts write it.
pub(super) fn unspaced(name: &str) -> Option<String> {
    name.contains(' ').then(|| name.replace(' ', ""))
}
