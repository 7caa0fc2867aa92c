//! Workable account widgets: one answer holds the board, with one row per place of a posting.

use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::Result;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, Markup, OnDrift, RawPlace, RawPosting, Reading, Rejection,
    Remote, Section, Source, Stated,
};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::{board, hosts};

/// The source.
pub static SOURCE: Workable = Workable;

/// Workable account widgets.
pub struct Workable;

static DESCRIPTION: Description = Description {
    name: "workable",
    title: "Workable",
    board: Some("account, as in apply.workable.com/ACCOUNT"),
    ids_are_global: true,
    min_gap_ms: 2_000,
    min_interval_s: 21_600,
    secrets: &[],
    listing_is_complete: true,
    terms: "Public widget API, read without a key; its robots.txt was reported in October 2026 to allow crawling and to refuse training of models.",
    reference: "the widget that employers embed, apply.workable.com/api/v1/widget; no published limit is known, the gap is our own",
    ..Description::BASE
};

/// Most places that one posting keeps.
const MOST_PLACES: usize = 64;
/// The fields that hold text, in order.
const PARTS: [&str; 3] = ["description", "requirements", "benefits"];

/// What `state` says where it is a status.
const STATUSES: [&str; 4] = ["published", "closed", "archived", "draft"];

/// The places of each posting, by its shortcode.
type Places = BTreeMap<String, Vec<RawPlace>>;

/// The form of its records, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("shortcode", "string"),
        Field::essential("title", "string"),
        Field::value("telecommuting", "boolean"),
        Field::value("department", "string"),
        Field::value("url", "string"),
        Field::value("shortlink", "string"),
        Field::value("application_url", "string"),
        Field::value("published_on", "string"),
        Field::value("created_at", "string"),
        Field::value("country", "string"),
        Field::value("city", "string"),
        Field::loose("state", "string"),
        Field::value("locations", "array"),
        Field::value("locations[].city", "string"),
        Field::value("locations[].country", "string"),
        Field::value("locations[].region", "string"),
        Field::value("locations[].hidden", "boolean"),
        Field::loose("location", "object|string"),
        Field::value("employment_type", "string"),
        Field::value("experience", "string"),
        Field::value("education", "string"),
        Field::value("function", "string"),
        Field::value("industry", "string"),
        Field::value("description", "string"),
        Field::value("requirements", "string"),
        Field::value("benefits", "string"),
        Field::value("code", "string"),
        Field::value("workplace_type", "string"),
        Field::value("employment", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["id", "location_str", "keywords", "full_title"],
};

impl Source for Workable {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if hosts::is_at(url, &["apply.workable.com"]) {
            let interfaces: [&[&str]; 4] = [
                &["api", "v1", "widget", "accounts"],
                &["api", "v1", "accounts"],
                &["api", "v2", "accounts"],
                &["api", "v3", "accounts"],
            ];
            let first = || hosts::segments(url).into_iter().next();
            // The short addresses of single postings name no account.
            let account = |name: &String| !matches!(name.as_str(), "api" | "j" | "static" | "assets");
            let asked = interfaces.into_iter().find_map(|beginning| hosts::after(url, beginning));
            return hosts::named(asked.or_else(|| first().filter(account))?);
        }
        if hosts::is_at(url, &["www.workable.com"]) {
            return hosts::named(hosts::after(url, &["api", "accounts"])?);
        }
        hosts::named(hosts::tenant(url, "workable.com").filter(|account| account != "jobs" && account != "apply")?)
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let account = board::token(board, DESCRIPTION.name, &[])?;
        let url = board::address_of("https://apply.workable.com/api/v1/widget/accounts", &[account])?;
        Ok(vec![Ask::get(format!("{url}?details=true"))])
    }

    fn read(&self, answer: &Answer<'_>) -> Result<Reading, Rejection> {
        let body = json::body(answer)?;
        let rows = body.list("jobs")?;
        let company = json::at(&body.value, "name").and_then(pipeline_core::read::text_of);
        let places = places_of(rows);
        let posting = |row: Fields<'_>| posting(row, &places, company.as_deref(), answer.board);
        json::contracted(&CONTRACT, rows, posting)
    }

    fn board_of(&self, body: &[u8]) -> Option<String> {
        board::find_in(body, "jobs", |row| {
            let url = url::Url::parse(row.get("url")?.as_str()?).ok()?;
            let account = url.host_str()?.strip_suffix(".workable.com")?;
            (!matches!(account, "apply" | "www" | "jobs")).then(|| account.to_owned())
        })
    }
}

/// Gathers the places of every row of one shortcode, so that all its rows say the same.
fn places_of(rows: &[Value]) -> Places {
    let mut places = Places::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        json::record(row, |row| {
            let shortcode = row.id("shortcode")?;
            let known = places.entry(shortcode.clone()).or_default();
            for place in row_places(row) {
                let parts = (place.text.clone(), place.city.clone(), place.region.clone(), place.country.clone());
                if seen.insert((shortcode.clone(), parts)) && known.len() < MOST_PLACES {
                    known.push(place);
                }
            }
            Ok(RawPosting::default())
        });
    }
    places
}

fn posting(
    row: Fields<'_>,
    places: &Places,
    company: Option<&str>,
    board: &str,
) -> std::result::Result<RawPosting, Rejection> {
    let external_id = row.id("shortcode")?;
    row_places(row);
    let places = places.get(&external_id).cloned().unwrap_or_default();
    if places.len() == MOST_PLACES {
        row.warn("places-cut");
    }
    let mut posting = RawPosting {
        title: row.title("title")?,
        external_id,
        role_key: row.text("code"),
        company: company.map(str::to_owned),
        places,
        remote: remote(row),
        posted_at: row.instant("published_on").or_else(|| row.instant("created_at")),
        level: row.stated_text("experience"),
        employment: row.stated_text("employment_type"),
        department: row.text("department").or_else(|| row.text("function")),
        sections: sections(row),
        url: row.text("url").or_else(|| row.text("shortlink")),
        apply_url: row.text("application_url"),
        listed: Some(status(row).is_none_or(|status| status == "published")),
        ..RawPosting::default()
    };
    board::name_company(&mut posting, board);
    Ok(posting)
}

/// The places of one row: its list, without the hidden ones, else its own fields.
fn row_places(row: Fields<'_>) -> Vec<RawPlace> {
    let locations = row.objects("locations");
    if !locations.is_empty() {
        let shown = locations.into_iter().filter(|place| place.truth("hidden") != Some(true));
        return shown.filter_map(|at| place(at, "locations[]", "region", &["countryCode", "country"])).collect();
    }
    if let Some(location) = location(row) {
        return place(location, "location", "region_code", &["country_code", "country"]).into_iter().collect();
    }
    let region = if status(row).is_some() { "region" } else { "state" };
    place(row, "country", region, &["country"]).into_iter().collect()
}

/// The object `location`, which the newer form of rows has.
fn location(row: Fields<'_>) -> Option<Fields<'_>> {
    row.at("location").filter(|location| location.is_object()).and_then(|_| row.object("location"))
}

fn place(at: Fields<'_>, field: &str, region: &str, country: &[&str]) -> Option<RawPlace> {
    let place = RawPlace {
        field: field.to_owned(),
        text: at.text("location_str"),
        city: at.text("city"),
        region: at.text(region),
        country: country.iter().find_map(|path| at.text(path)),
        ..RawPlace::default()
    };
    let known = place.text.is_some() || place.city.is_some() || place.region.is_some() || place.country.is_some();
    known.then_some(place)
}

/// The words of `workplace_type`, else `telecommuting`, which says something only when it is set.
fn remote(row: Fields<'_>) -> Option<Stated<Remote>> {
    let (holder, prefix) = location(row).map_or((row, ""), |location| (location, "location."));
    let words = holder.text("workplace_type").and_then(|words| board::remote_of(&words));
    let telecommuting = holder.truth("telecommuting") == Some(true);
    words
        .map(|how| Stated::new(how, format!("{prefix}workplace_type")))
        .or_else(|| telecommuting.then(|| Stated::new(Remote::Remote, format!("{prefix}telecommuting"))))
}

/// The status that rows of the newer form say in `state`, which is a region in the older one.
fn status(row: Fields<'_>) -> Option<String> {
    let words = row.at("state").and_then(Value::as_str)?.to_ascii_lowercase();
    STATUSES.contains(&words.as_str()).then_some(words)
}

fn sections(row: Fields<'_>) -> Vec<Section> {
    let sections = PARTS.iter().filter_map(|part| {
        let body = row.text(part)?;
        Some(Section { field: (*part).to_owned(), heading: None, body, markup: Markup::Html })
    });
    sections.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::testing::{boards_at, postings, read_with, rules};

    #[test]
    fn rows_of_one_shortcode_are_one_posting_with_all_its_places() {
        let found = postings(
            &SOURCE,
            r#"{"name":"Acme","jobs":[
              {"shortcode":"A1","title":"T","country":"Spain","city":"","locations":[{"country":"Spain","countryCode":"ES","city":"","hidden":false}]},
              {"shortcode":"B2","title":"U","country":"Italy","city":"Rome","state":"Lazio"},
              {"shortcode":"A1","title":"T","country":"Portugal","locations":[{"country":"Portugal","countryCode":"PT","city":"Porto"},{"countryCode":"FR","hidden":true}]}]}"#,
        );
        assert_eq!(found[0].places.len(), 2);
        assert_eq!(found[0].places, found[2].places);
        assert_eq!(found[1].places[0].region.as_deref(), Some("Lazio"));
        assert_eq!(found[0].company.as_deref(), Some("Acme"));
    }

    #[test]
    fn the_newer_form_says_its_status_in_state() {
        let found = postings(
            &SOURCE,
            r#"{"jobs":[{"shortcode":"A","title":"T","state":"closed","location":{"city":"Izmir","country_code":"TR","telecommuting":false,"workplace_type":"on_site"}},
              {"shortcode":"B","title":"T","state":"Texas","country":"United States","telecommuting":true},
              {"shortcode":"C","title":"T","state":"closed"}]}"#,
        );
        let listed: Vec<_> = found.iter().map(|posting| posting.listed).collect();
        assert_eq!(listed, [Some(false), Some(true), Some(false)]);
        assert!(found[2].places.is_empty());
        assert_eq!(found[0].remote.as_ref().map(|remote| remote.value), Some(Remote::Onsite));
        assert_eq!(found[1].remote.as_ref().map(|remote| remote.value), Some(Remote::Remote));
        assert_eq!(found[1].places[0].region.as_deref(), Some("Texas"));
    }

    #[test]
    fn a_bad_row_never_stops_its_neighbours() {
        let reading = read_with(
            &SOURCE,
            r#"{"jobs":[{"shortcode":"A"},{"title":"T"},false,{"shortcode":"B","title":"T","city":[]}]}"#,
        )
        .expect("is a board");
        assert_eq!(rules(&reading), ["title-missing", "id-missing", "not-an-object", "ok"]);
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://apply.workable.com/acme/j/0A1B2C/",
                "https://apply.workable.com/acme/",
                "https://apply.workable.com/api/v1/widget/accounts/acme?details=true",
                "https://apply.workable.com/api/v3/accounts/acme/jobs",
                "https://www.workable.com/api/accounts/acme?details=true",
                "https://acme.workable.com/jobs/1",
            ],
        );
        assert_eq!(found, ["acme", "acme", "acme", "acme", "acme", "acme",]);
        let none = boards_at(
            &SOURCE,
            &[
                "https://apply.workable.com/",
                "https://apply.workable.com/j/0A1B2C",
                "https://jobs.workable.com/view/1",
                "https://www.workable.com/assets/embed.js",
                "https://help.workable.com/x",
            ],
        );
        assert_eq!(none, [""; 5]);
    }
}
