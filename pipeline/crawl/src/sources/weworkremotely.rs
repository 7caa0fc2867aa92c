//! We Work Remotely: RSS of remote work, whole or by category. Titles read `Company: Role`; the description is HTML that
//! begins with the employer's headquarters, which is not where the work is.

use pipeline_core::Result;
use pipeline_core::read;
use pipeline_core::source::{
    Answer, Ask, Board, Contract, Description, Field, OnDrift, RawPlace, RawPosting, Reading, Rejection, Remote,
    Source, Stated,
};
use serde_json::Value;
use url::Url;

use super::json::{self, Fields};
use super::markup::section_at;
use super::{board, hosts, xml};

/// The source.
pub static SOURCE: WeWorkRemotely = WeWorkRemotely;

/// We Work Remotely's feeds.
#[derive(Debug)]
pub struct WeWorkRemotely;

static DESCRIPTION: Description = Description {
    name: "weworkremotely",
    title: "We Work Remotely",
    board: Some("`remote-jobs` for all, or a category as in /categories/SLUG.rss, such as remote-programming-jobs"),
    ids_are_global: true,
    min_gap_ms: 5_000,
    min_interval_s: 3_600,
    listing_is_complete: false,
    terms: "Public RSS; link back to the posting and name We Work Remotely as the source.",
    reference: "https://weworkremotely.com/remote-job-rss-feed (no limit is stated; the gap is our own)",
    ..Description::BASE
};

/// The board that holds every category.
const ALL: &str = "remote-jobs";
const HOST: &str = "weworkremotely.com";

/// The form of its items, as they have been seen.
static CONTRACT: Contract = Contract {
    fields: &[
        Field::essential("title", "string"),
        Field::essential("guid", "string"),
        Field::expected("link", "string"),
        Field::expected("pubDate", "string"),
        Field::expected("description", "string"),
        Field::expected("region", "string"),
        Field::value("country", "string"),
        Field::value("state", "string"),
        Field::value("skills", "string"),
        Field::value("category", "string"),
        Field::value("type", "string"),
        Field::value("expires_at", "string"),
    ],
    unknown: OnDrift::Evolve,
    known: &["media:content"],
};

impl Source for WeWorkRemotely {
    fn describe(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn contract(&self) -> Option<&'static Contract> {
        Some(&CONTRACT)
    }

    fn board_at(&self, url: &Url) -> Option<Board> {
        if !matches!(url.host_str()?, HOST | "www.weworkremotely.com") {
            return None;
        }
        let mut segments = url.path_segments()?;
        match (segments.next()?, segments.next()) {
            ("remote-jobs.rss" | "remote-jobs" | "", None) => hosts::named(ALL.to_owned()),
            ("categories", Some(slug)) => {
                let slug = slug.strip_suffix(".rss").unwrap_or(slug);
                board::is_host_label(slug).then(|| hosts::named(slug.to_owned())).flatten()
            }
            _ => None,
        }
    }

    fn start(&self, board: &Board) -> Result<Vec<Ask>> {
        let slug = board::token(board, DESCRIPTION.name, &[])?;
        Ok(vec![Ask::get(if [ALL, DESCRIPTION.name].contains(&slug) {
            format!("https://{HOST}/{ALL}.rss")
        } else {
            board::address_of(&format!("https://{HOST}/categories"), &[&format!("{slug}.rss")])?.into()
        })])
    }

    fn read(&self, answer: &Answer<'_>) -> std::result::Result<Reading, Rejection> {
        let document = xml::parse(answer.body)?;
        let channel = document.root.child("channel").filter(|_| document.root.name == "rss");
        let channel = channel.ok_or_else(|| {
            let reason = format!("the body should be RSS and its root is `{}`", document.root.name);
            Rejection::of_body("wrong-shape", reason, answer.body)
        })?;
        let items = channel.children.iter().filter(|child| child.name == "item");
        let items: Vec<Value> = items.map(xml::Element::object).collect();
        json::contracted(&CONTRACT, &items, posting)
    }
}

fn posting(fields: Fields<'_>) -> std::result::Result<RawPosting, Rejection> {
    let external_id = fields.id("guid")?;
    let whole = fields.title("title")?;
    let (company, title) = match whole.split_once(": ").map(|(company, title)| (company.trim(), title.trim())) {
        Some((company, title)) if !company.is_empty() && !title.is_empty() => {
            (Some(company.to_owned()), title.to_owned())
        }
        _ => {
            fields.warn("title-unsplit");
            (None, whole)
        }
    };
    let region = fields.text("region");
    let skills = fields.text("skills").unwrap_or_default();
    let mut tags: Vec<String> = skills.split(',').filter_map(read::filled).collect();
    tags.extend(fields.text("category"));
    Ok(RawPosting {
        external_id,
        title,
        company,
        places: place(fields, region.clone()).into_iter().collect(),
        remote: Some(Stated::new(Remote::Remote, "region")),
        remote_scope: region.or_else(|| fields.text("country")).into_iter().collect(),
        posted_at: fields.instant("pubDate"),
        closes_at: fields.instant("expires_at"),
        employment: fields.stated_text("type"),
        tags,
        sections: section_at(fields, "description", None).into_iter().collect(),
        url: fields.text("link"),
        ..RawPosting::default()
    })
}

fn place(fields: Fields<'_>, text: Option<String>) -> Option<RawPlace> {
    let (region, country) = (fields.text("state"), fields.text("country"));
    let known = text.is_some() || region.is_some() || country.is_some();
    known.then(|| RawPlace { field: "region".to_owned(), text, region, country, ..RawPlace::default() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::sample::{posting_of, read, rule_of};
    use crate::sources::testing::{boards_at, rules};

    fn feed(items: &str) -> String {
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>x</title>{items}</channel></rss>")
    }

    #[test]
    fn a_title_is_company_and_role_and_a_role_may_hold_a_colon() {
        let item = |title: &str| format!("<item><guid>{title}</guid><title>{title}</title></item>");
        let reading = read(&SOURCE, &feed(&[item("Acme: Engineer: Data"), item("Engineer"), item(": x")].concat()));
        let told = |number| {
            let posting = posting_of(&reading, number);
            (posting.company.clone(), posting.title.clone(), posting.warnings.contains(&"title-unsplit"))
        };
        assert_eq!(told(0), (Some("Acme".to_owned()), "Engineer: Data".to_owned(), false));
        assert_eq!(told(1), (None, "Engineer".to_owned(), true));
        assert_eq!(told(2), (None, ": x".to_owned(), true));
    }

    #[test]
    fn headquarters_are_no_place_of_work_and_dates_are_those_of_mail() {
        let reading = read(
            &SOURCE,
            &feed(
                "<item><guid>g</guid><title>A: B</title><region>Europe Only</region><pubDate>Tue, 03 Nov 2026 09:14:07 +0000\
                 </pubDate><description>&lt;p&gt;&lt;strong&gt;Headquarters:&lt;/strong&gt; Oslo&lt;/p&gt;</description></item>",
            ),
        );
        let posting = posting_of(&reading, 0);
        assert_eq!((posting.places.len(), posting.places[0].text.as_deref()), (1, Some("Europe Only")));
        assert_eq!(posting.remote_scope, ["Europe Only"]);
        assert_eq!(posting.posted_at.as_ref().map(|at| at.value.to_string()).as_deref(), Some("2026-11-03T09:14:07Z"));
        assert_eq!(posting.sections[0].body, "<p><strong>Headquarters:</strong> Oslo</p>");
    }

    #[test]
    fn a_bad_item_never_stops_its_neighbours_and_another_root_is_refused() {
        let items =
            "<item><guid>1</guid></item><item><title>A: B</title></item><item><guid>3</guid><title>A: B</title></item>";
        assert_eq!(rules(&read(&SOURCE, &feed(items))), ["title-missing", "id-missing", "ok"]);
        assert_eq!(rule_of(&SOURCE, "<feed/>"), "wrong-shape");
        assert_eq!(rule_of(&SOURCE, "<rss><channel><item>"), "truncated-xml");
    }

    #[test]
    fn a_board_is_known_by_its_addresses() {
        let found = boards_at(
            &SOURCE,
            &[
                "https://weworkremotely.com/remote-jobs.rss",
                "https://weworkremotely.com/categories/remote-design-jobs.rss",
                "https://weworkremotely.com/categories/remote-design-jobs",
                "https://weworkremotely.com/company/acme",
                "https://weworkremotely.example/remote-jobs.rss",
            ],
        );
        assert_eq!(found, ["remote-jobs", "remote-design-jobs", "remote-design-jobs", "", ""]);
    }
}
