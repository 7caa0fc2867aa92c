//! Links of mails: what of them names a posting is kept, everything that could tell who received it is not.

use url::Url;

/// What stands where a link was that names no posting.
pub(crate) const NOWHERE: &str = "#";
/// Parameters that name a posting wherever they stand.
const SURE: [&str; 8] = ["jk", "vjk", "currentjobid", "jobid", "job_id", "jl", "joblistingid", "gh_jid"];
/// Parameters that name a posting on a page of one.
const LIKELY: [&str; 2] = ["id", "guid"];
/// Beginnings of path segments that stand before the name of a posting, in the languages that boards have.
const POSTINGS: [&str; 14] = [
    "job", "viewjob", "stelle", "offre", "emploi", "empleo", "oferta", "vaga", "vacature", "lavoro", "annunci",
    "praca", "rc", "pagead",
];
/// Path segments before the name of an employer.
const EMPLOYERS: [&str; 4] = ["company", "company-profile", "cmp", "overview"];
/// Segments of paths that lead to the recipient's own affairs, without what follows a dot.
const PRIVATE: [&str; 16] = [
    "optout",
    "opt-out",
    "abmelden",
    "desabonnement",
    "settings",
    "preferences",
    "login",
    "signin",
    "sign-in",
    "account",
    "myaccount",
    "password",
    "profile",
    "alert",
    "alerts",
    "resume",
];
/// How many redirects within each other are followed.
const DEEPEST: usize = 4;

/// `link` as far as it names a posting or an employer, else `#`.
pub(crate) fn cleaned(link: &str) -> String {
    let mut link = link.trim().to_owned();
    for _ in 0..DEEPEST {
        let Some(url) = web(&link) else { return NOWHERE.to_owned() };
        if let Some(kept) = kept(&url) {
            return kept;
        }
        let Some(inner) = url.query_pairs().find_map(|(_, value)| web(&value).map(|_| value.into_owned())) else {
            return NOWHERE.to_owned();
        };
        link = inner;
    }
    NOWHERE.to_owned()
}

fn web(link: &str) -> Option<Url> {
    let url = Url::parse(link).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str().is_some().then_some(url)
}

fn kept(url: &Url) -> Option<String> {
    let path = url.path().to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let stem = |segment: &str| segment.split('.').next().unwrap_or_default().to_owned();
    let private = |segment: &&str| segment.starts_with("unsubscri") || PRIVATE.contains(&stem(segment).as_str());
    if segments.iter().any(private) || path.contains("%40") || path.contains('@') {
        return None;
    }
    let of_posting = segments.iter().any(|segment| POSTINGS.iter().any(|word| segment.starts_with(word)));
    let of_employer = segments.iter().any(|segment| EMPLOYERS.contains(segment));
    let sure = parameters(url, &SURE);
    let named = if sure.is_empty() && of_posting { parameters(url, &LIKELY) } else { sure };
    let by_path = (of_posting && segments.iter().any(|segment| is_name(segment))) || of_employer;
    if named.is_empty() && !by_path {
        return None;
    }
    if url.path_segments().is_some_and(|mut segments| segments.any(is_opaque)) {
        return None;
    }
    let mut clean = Url::parse(&format!("{}://{}", url.scheme(), url.host_str()?)).ok()?;
    clean.set_path(url.path());
    if !named.is_empty() {
        clean.query_pairs_mut().extend_pairs(named);
    }
    Some(clean.into())
}

/// The parameters of `url` called one of `names`, as far as their values can be the name of a posting.
fn parameters(url: &Url, names: &[&str]) -> Vec<(String, String)> {
    let can_name = |value: &str| {
        (1..=40).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    url.query_pairs()
        .filter(|(name, value)| names.contains(&name.to_ascii_lowercase().as_str()) && can_name(value))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// Whether `segment` of a path can name one posting: it has a run of digits, or of hexadecimal digits.
fn is_name(segment: &str) -> bool {
    let longest = |wanted: fn(&u8) -> bool| {
        segment.as_bytes().split(|byte| !wanted(byte)).map(<[u8]>::len).max().unwrap_or_default()
    };
    longest(u8::is_ascii_digit) >= 5
        || (longest(u8::is_ascii_hexdigit) >= 8 && segment.bytes().any(|b| b.is_ascii_digit()))
}

/// Whether `segment` of a path hides something: a long run of letters and digits that is neither words nor hexadecimal.
fn is_opaque(segment: &str) -> bool {
    segment.split(|c: char| !c.is_ascii_alphanumeric()).any(|run| {
        let has = |wanted: fn(&u8) -> bool| run.as_bytes().iter().any(wanted);
        let hexadecimal = run.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
        let shouted = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
        (run.len() >= 20 && (mixed || shouted) && !hexadecimal) || run.len() > 40
    })
}
