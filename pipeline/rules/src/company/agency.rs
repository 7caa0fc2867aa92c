//! Postings of agencies, which hire for someone else.

use super::letters::spelled;

/// That an agency wrote the posting, with the words that say so.
#[derive(Clone, Debug, PartialEq)]
pub struct Agency {
    /// The words, as they stand there.
    pub quote: String,
    /// Where they stand in the text, in bytes; `None` when the name of the employer says it.
    pub span: Option<(usize, usize)>,
    /// `company` or `text`.
    pub from: &'static str,
    /// `agency-name`, `agency-known` or `our-client`.
    pub rule: &'static str,
    /// From 0 to 1, by judgement.
    pub confidence: f64,
}

/// Agencies by name, spelled.
const KNOWN: &[&str] = &[
    "randstad",
    "adecco",
    "manpower",
    "manpowergroup",
    "hays",
    "kelly services",
    "robert half",
    "michael page",
    "page personnel",
    "pagegroup",
    "robert walters",
    "allegis",
    "teksystems",
    "aerotek",
    "insight global",
    "kforce",
    "apex systems",
    "cybercoders",
    "jobot",
    "experis",
    "michael bailey associates",
    "harvey nash",
    "brook street",
    "blue arrow",
    "gi group",
    "synergie",
    "start people",
    "tempo team",
    "unique personalservice",
    "persona service",
    "ferchau",
    "brunel",
    "amadeus fire",
    "korn ferry",
    "spencer stuart",
    "heidrick and struggles",
    "russell reynolds associates",
    "phaidon international",
    "glocomms",
    "la fosse",
    "la fosse associates",
    "oliver james",
    "nigel frank",
    "frank recruitment",
    "lhh",
    "modis",
    "akkodis",
    "trenkwalder",
    "orizon",
    "tempton",
    "timepartner",
];

/// Words of a name that only agencies carry, spelled.
const WORDS: &[&str] = &[
    "staffing",
    "recruitment",
    "recruiting",
    "recruiters",
    "recruiter",
    "headhunters",
    "headhunting",
    "zeitarbeit",
    "personaldienstleistungen",
    "personaldienstleistung",
    "personalvermittlung",
    "personalberatung",
    "personalservice",
    "uitzendbureau",
    "detachering",
    "bemanning",
    "rekrytering",
    "vikar",
    "executive search",
    "talent solutions",
    "employment agency",
    "employment services",
    "travail temporaire",
    "trabajo temporal",
    "agencja pracy",
];

/// What agencies write of the employer. What follows `our client` must speak of one: consultancies have clients, too.
const CLIENTS: &[&str] = &[
    "our client is ",
    "our client, ",
    "our client has ",
    "our client – ",
    "our client's team",
    "on behalf of our client",
    "on behalf of my client",
    "on behalf of a client",
    "my client is ",
    "my client, ",
    "for our client in ",
    "for one of our clients",
    "one of our clients is ",
    "my client are ",
    "our client are ",
    "our client seeks",
    "our client needs",
    "our client requires",
    "join our client",
    "with our client's",
    "für unseren kunden",
    "unser kunde ist",
    "im auftrag unseres kunden",
    "im auftrag unserer kunden",
    "unser mandant",
    "im kundenauftrag suchen",
    "pour notre client",
    "pour l'un de nos clients",
    "pour l’un de nos clients",
    "notre client, ",
    "notre client est",
    "pour le compte de notre client",
    "nuestro cliente, ",
    "nuestro cliente es",
    "para nuestro cliente",
    "para uno de nuestros clientes",
    "para importante empresa cliente",
    "per un nostro cliente",
    "per azienda cliente",
    "per conto di un nostro cliente",
    "voor onze opdrachtgever",
    "voor onze klant ",
    "onze opdrachtgever is",
    "dla naszego klienta",
    "nasz klient to",
    "naszym klientem jest",
    "para o nosso cliente",
    "para nosso cliente",
];

/// Bytes of a text that are read.
const LONGEST: usize = 100_000;

/// Whether the posting is by an agency rather than the employer; `None` when nothing says so.
pub fn agency(company: Option<&str>, text: &str) -> Option<Agency> {
    company.and_then(by_name).or_else(|| by_text(text))
}

fn by_name(company: &str) -> Option<Agency> {
    let company = crate::html::prefix(company, 200);
    let family = super::identity(company, super::Hints::default()).family;
    let known = KNOWN.iter().any(|name| name.replace(' ', "") == family);
    let padded = format!(" {} ", spelled(company));
    let said = WORDS.iter().any(|word| padded.contains(&format!(" {word} ")));
    let rule = if known { "agency-known" } else { "agency-name" };
    (known || said).then(|| Agency {
        quote: company.trim().to_owned(),
        span: None,
        from: "company",
        rule,
        confidence: if known { 0.95 } else { 0.85 },
    })
}

fn by_text(text: &str) -> Option<Agency> {
    let text = crate::html::prefix(text, LONGEST);
    // Lower case that keeps the offsets: letters whose lower case has another length stay.
    let mut lower = String::with_capacity(text.len());
    for letter in text.chars() {
        let mut small = letter.to_lowercase();
        match (small.next(), small.next()) {
            (Some(small), None) if small.len_utf8() == letter.len_utf8() => lower.push(small),
            _ => lower.push(letter),
        }
    }
    let whole_word = |at: &usize| !lower[..*at].ends_with(char::is_alphanumeric);
    let found = CLIENTS
        .iter()
        .filter_map(|words| Some((lower.match_indices(words).map(|(at, _)| at).find(whole_word)?, words.len())));
    let (start, length) = found.min()?;
    let length = text[start..start + length].trim_end_matches([' ', ',', '–']).len();
    let span = (start, start + length);
    Some(Agency {
        quote: text[span.0..span.1].to_owned(),
        span: Some(span),
        from: "text",
        rule: "our-client",
        confidence: 0.85,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agency_is_known_by_its_name_or_by_its_client() {
        for name in [
            "Randstad Germany GmbH",
            "Hays plc",
            "Brightwater Recruitment",
            "Acme Staffing LLC",
            "Zeitarbeit Müller GmbH",
        ] {
            assert_eq!(agency(Some(name), "").unwrap().from, "company", "{name}");
        }
        let text = "About: Our client, a leading bank, seeks a developer.";
        let found = agency(Some("Acme"), text).unwrap();
        assert_eq!((found.quote.as_str(), found.rule), ("Our client", "our-client"));
        let (start, end) = found.span.unwrap();
        assert_eq!(&text[start..end], "Our client");
        assert!(agency(None, "Wir suchen FÜR UNSEREN KUNDEN in Köln").is_some());
    }

    #[test]
    fn an_employer_with_clients_is_no_agency() {
        for text in [
            "You work with our clients every day.",
            "our client base grows",
            "Your client is king.",
            "We serve clients.",
        ] {
            assert_eq!(agency(Some("Acme Consulting"), text), None, "{text}");
        }
        assert_eq!(agency(Some("Reedsy"), ""), None);
    }
}
