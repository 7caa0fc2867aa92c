//! Recruitee offers: one answer holds the board; a detail wraps one offer. Amounts are text, at times in thousands.

use pipeline_core::money::Period;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, RawPay, RawPlace, RawPosting, Reading,
    Rejection, Remote, Section, Source, Stated,
};
use pipeline_core::{Error, Result, read};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: Recruitee = Recruitee;

/// Recruitee offers.
pub struct Recruitee;

static DESCRIPTION: Description = Description {
    name: "recruitee",
    title: "Recruitee",
    board: Some("company, as in COMPANY.recruitee.com"),
    ids_are_global: true,
    min_gap_ms: 1_000,
    min_interval_s: 3_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public Careers Site API, read without a key; postings belong to their employer, so link to the original page.",
    reference: "https://docs.recruitee.com/reference/intro-to-careers-site-api (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// Fields that can tell an offer apart, best first.
const IDS: [&str; 4] = ["id", "guid", "uuid", "slug"];

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::loose("id", "number|string"),
        Field::loose("guid", "string"),
        Field::loose("uuid", "string"),
        Field::loose("slug", "string"),
        Field::value("title", "string"),
        Field::value("company_name", "string"),
        Field::value("location", "string"),
        Field::value("city", "string"),
        Field::value("state_name", "string"),
        Field::value("state_code", "string"),
        Field::value("country", "string"),
        Field::value("country_code", "string"),
        Field::value("locations", "array"),
        Field::value("locations[].name", "string"),
        Field::value("locations[].city", "string"),
        Field::value("remote", "boolean"),
        Field::value("hybrid", "boolean"),
        Field::value("on_site", "boolean"),
        Field::value("workplace_type", "string"),
        Field::value("salary", "object"),
        Field::value("salary.min", "string|number"),
        Field::value("salary.max", "string|number"),
        Field::value("salary.period", "string"),
        Field::value("salary.currency", "string"),
        Field::value("published_at", "string"),
        Field::value("created_at", "string"),
        Field::value("updated_at", "string"),
        Field::value("close_at", "string"),
        Field::value("employment_type_code", "string"),
        Field::value("experience_code", "string"),
        Field::loose("department", "object|string"),
        Field::value("tags", "array"),
        Field::value("description", "string"),
        Field::value("requirements", "string"),
        Field::value("careers_url", "string"),
        Field::value("careers_apply_url", "string"),
        Field::value("status", "string"),
        Field::value("translations", "object"),
    ],
    unknown: OnDrift::Evolve,
    known: &[
        "options_cv",
        "position",
        "max_hours_per_week",
        "min_hours_per_week",
        "min_hours",
        "max_hours",
        "locations_question_required",
        "category_code",
        "locations_question_type",
        "options_cover_letter",
        "options_photo",
        "options_phone",
        "options_title",
        "options_salutation",
        "sharing_description",
        "sharing_image",
        "sharing_title",
        "education_code",
        "postal_code",
        "dynamic_fields",
        "locations_question",
        "open_questions",
        "cover_image",
        "highlight",
        "mailbox_email",
        "location_question_visible",
        "location_ids",
        "department_id",
        "street",
    ],
};

impl Source for Recruitee {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        let company = hosts::tenant(url, "recruitee.com")?;
        (company != "jobs" && company != "careers-hub").then(|| hosts::named(company)).flatten()
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let company = board::token(board, DESCRIPTION.name, &[])?;
        if !board::is_host_label(company) {
            return Err(Error::config(format!("`{company}` cannot be the name of a recruitee board"))
                .hint("give COMPANY of COMPANY.recruitee.com"));
        }
        Ok(vec![Ask::get(format!("https://{}.recruitee.com/api/offers/", company.to_ascii_lowercase()))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let posting = |offer: Fields<'_>| posting(offer, answer.board);
        if let Some(offer) = json::at(&body.value, "offer").filter(|offer| offer.is_object()) {
            return Ok(Reading { records: vec![json::record(offer, posting)], detail: true, ..Reading::default() });
        }
        json::contracted(&CONTRACT, body.list("offers")?, posting)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        let host = |offer: &Value| {
            let url = url::Url::parse(offer.get("careers_url")?.as_str()?).ok()?;
            url.host_str().map(str::to_owned)
        };
        let mailbox = |offer: &Value| Some(offer.get("mailbox_email")?.as_str()?.rsplit_once('@')?.1.to_owned());
        let company = |host: String| host.strip_suffix(".recruitee.com").map(str::to_owned);
        let find = |offer: &Value| host(offer).and_then(company).or_else(|| mailbox(offer).and_then(company));
        board::find_in(body, "offers", find).or_else(|| board::find_in(body, "offer", |body| find(body.get("offer")?)))
    }
}

fn posting(offer: Fields<'_>, board: &str) -> std::result::Result<RawPosting, Rejection> {
    let id = IDS.into_iter().find(|path| offer.at(path).is_some()).unwrap_or(IDS[0]);
    let mut posting = RawPosting {
        external_id: offer.id(id)?,
        title: title(offer)?,
        company: offer.text("company_name"),
        places: places(offer),
        remote: remote(offer),
        pay: pay(offer),
        posted_at: offer.instant("published_at").or_else(|| offer.instant("created_at")),
        updated_at: offer.instant("updated_at"),
        closes_at: offer.instant("close_at"),
        level: offer.stated_text("experience_code"),
        employment: offer.stated_text("employment_type_code"),
        department: department(offer),
        tags: offer.texts("tags"),
        sections: sections(offer),
        url: offer.text("careers_url"),
        apply_url: offer.text("careers_apply_url"),
        listed: offer.text("status").map(|status| status.eq_ignore_ascii_case("published")),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The translation to read when the offer itself lacks a text: English, else the first.
fn translation(offer: Fields<'_>) -> Option<Fields<'_>> {
    let translations = offer.object("translations")?;
    let first = || translations.value.as_object()?.keys().next().map(String::as_str);
    let language = if translations.at("en").is_some() { "en" } else { first()? };
    translations.object(language)
}

fn title(offer: Fields<'_>) -> std::result::Result<String, Rejection> {
    match offer.title("title") {
        Err(rejection) if rejection.rule == "title-missing" => {
            translation(offer).and_then(|words| words.text("title")).ok_or(rejection)
        }
        title => title,
    }
}

fn department(offer: Fields<'_>) -> Option<String> {
    match offer.at("department") {
        Some(Value::Object(_)) => offer.text("department.name"),
        _ => offer.text("department"),
    }
}

fn places(offer: Fields<'_>) -> Vec<RawPlace> {
    let listed = offer.objects("locations");
    let places: Vec<RawPlace> =
        listed.into_iter().filter_map(|at| place(at, "locations[]", "name", &["state", "state_code"])).collect();
    if places.is_empty() {
        return place(offer, "location", "location", &["state_name", "state_code"]).into_iter().collect();
    }
    places
}

fn place(at: Fields<'_>, field: &str, text: &str, region: &[&str]) -> Option<RawPlace> {
    let place = RawPlace {
        field: field.to_owned(),
        text: at.text(text),
        city: at.text("city"),
        region: region.iter().find_map(|path| at.text(path)),
        country: at.text("country_code").or_else(|| at.text("country")),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// What the flags offer together: remote when it can be chosen, hybrid before on site.
fn remote(offer: Fields<'_>) -> Option<Stated<Remote>> {
    let flags = [("remote", Remote::Remote), ("hybrid", Remote::Hybrid), ("on_site", Remote::Onsite)];
    let set = flags.into_iter().find(|(field, _)| offer.truth(field) == Some(true));
    set.map(|(field, how)| Stated::new(how, field)).or_else(|| {
        let how = board::remote_of(&offer.text("workplace_type")?)?;
        Some(Stated::new(how, "workplace_type"))
    })
}

fn pay(offer: Fields<'_>) -> Vec<RawPay> {
    let Some(salary) = offer.object("salary") else { return Vec::new() };
    let amount = |field| salary.decimal(field).filter(|amount| !amount.is_zero());
    let (min, max) = (amount("min"), amount("max"));
    let Some(highest) = max.or(min) else { return Vec::new() };
    let words = salary.text("period");
    let period = words.as_deref().and_then(board::period_of);
    if words.is_some() && period.is_none() {
        salary.warn("pay-period-unknown");
    }
    if maybe_thousands(highest, period) {
        salary.warn("pay-maybe-thousands");
    }
    vec![RawPay {
        field: "salary".to_owned(),
        min,
        max,
        currency: salary.text("currency"),
        period,
        kind: words.as_deref().map(board::kind_by_interval).unwrap_or_default(),
        ..RawPay::default()
    }]
}

/// Whether nobody is paid so little that `highest` could be meant in whole units.
fn maybe_thousands(highest: Decimal, period: Option<Period>) -> bool {
    match period {
        Some(Period::Year) => highest < Decimal::ONE_THOUSAND,
        Some(Period::Month) => highest < Decimal::ONE_HUNDRED,
        _ => false,
    }
}

fn sections(offer: Fields<'_>) -> Vec<Section> {
    let words = translation(offer);
    let sections = ["description", "requirements"].into_iter().filter_map(|part| {
        let own = offer.text(part).and_then(|text| read::filled(&text));
        let body = own.or_else(|| words.and_then(|words| words.text(part)))?;
        Some(Section { field: part.to_owned(), heading: None, body, markup: Markup::Html })
    });
    sections.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn amounts_in_thousands_are_kept_as_stated_with_a_warning() {
        let found = postings(
            &SOURCE,
            r#"{"offers":[{"id":1,"title":"T","salary":{"min":"75.00","max":"95.00","period":"year","currency":"USD"}},
              {"id":2,"title":"T","salary":{"min":"15.00","max":"18.00","period":"hour","currency":"USD"}},
              {"id":3,"title":"T","salary":{"min":null,"max":null,"period":null,"currency":null}}]}"#,
        );
        assert_eq!(found[0].pay[0].min, Some(Decimal::new(7500, 2)));
        assert!(found[0].warnings.contains(&"pay-maybe-thousands"));
        assert!(!found[1].warnings.contains(&"pay-maybe-thousands"));
        assert!(found[2].pay.is_empty());
    }

    #[test]
    fn a_translation_stands_in_for_a_missing_title() {
        let found = postings(
            &SOURCE,
            r#"{"offers":[{"uuid":"u-1","translations":{"de":{"title":"Leitung"},"en":{"title":"Lead","description":"<p>x</p>"}},
              "department":{"id":8,"name":"Care"},"workplace_type":"Hybrid"}]}"#,
        );
        assert_eq!((found[0].external_id.as_str(), found[0].title.as_str()), ("u-1", "Lead"));
        assert_eq!(found[0].sections[0].body, "<p>x</p>");
        assert_eq!(found[0].department.as_deref(), Some("Care"));
        assert_eq!(found[0].remote.as_ref().map(|remote| remote.value), Some(Remote::Hybrid));
    }

    #[test]
    fn a_detail_is_read_as_one_offer() {
        let found = postings(&SOURCE, r#"{"offer":{"id":1,"title":"T","published_at":"2026-08-10 15:13:59 UTC"}}"#);
        assert_eq!(found[0].posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-08-10T15:13:59Z"));
    }

    #[test]
    fn other_shapes_are_refused_whole() {
        for body in ["null", r#"{"offers":{"id":1}}"#, r#"{"jobs":[]}"#, "[]"] {
            assert_eq!(
                read_with(&SOURCE, body).map_err(|rejection| rejection.rule).err(),
                Some("wrong-shape"),
                "{body}"
            );
        }
    }

    #[test]
    fn a_bad_offer_never_stops_its_neighbours() {
        let reading = read_with(&SOURCE, r#"{"offers":[{"id":1},{"title":"T"},{"id":2,"title":"T","salary":"much"}]}"#)
            .expect("is a board");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "ok"]);
    }

    #[test]
    fn a_board_cannot_name_another_host() {
        let board = Board { name: "evil.example".to_owned(), ..Board::default() };
        assert!(SOURCE.start(&board).is_err());
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://acme.recruitee.com/o/nurse",
                "https://Acme.recruitee.com/api/offers/",
                "https://acme.recruitee.com/l/en",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://www.recruitee.com/",
                "https://app.recruitee.com/x",
                "https://docs.recruitee.com/reference",
                "https://recruitee.com/",
            ],
        );
        assert_eq!(none, [""; 4]);
    }
}
