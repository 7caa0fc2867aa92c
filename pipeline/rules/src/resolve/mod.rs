//! From postings to roles: postings of the same vacancy are linked, never deleted, each with the rule that linked it.

mod facts;
mod identity;
mod life;
mod link;
mod stated;
mod title;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use pipeline_core::hash::Hasher;
use schemas::tables::{PostingRow, RoleRow};
use schemas::{Json, Micros};

pub use identity::bucket_key;
pub use life::{BoardSeen, Evidence, PageSeen, Sighting};
use life::{Closing, Life};
use link::{Linked, Linking, Related};
use serde_json::{Value, json};

/// Version of the rules that link postings.
pub const METHOD: &str = "resolve-5";

/// Characters of the text that a role shows.
const EXCERPT_CHARS: usize = 280;
/// Most related roles that a role shows.
const MOST_RELATED: usize = 10;

/// The roles behind `postings`, in the order of their ids, whatever the order of the input.
///
/// `postings` holds the latest version of every posting whose company falls into `bucket`; their `text` may be empty,
/// the beginning of each text then stands in `excerpts`. A posting without a sighting counts as seen once, at the time
/// of its row. `as_of` is the moment from which life spans are looked at.
pub fn resolve(
    bucket: &str,
    postings: Vec<PostingRow>,
    excerpts: &BTreeMap<String, String>,
    sightings: &BTreeMap<String, Sighting>,
    evidence: &Evidence,
    as_of: Micros,
) -> Vec<RoleRow> {
    let life = Life::new(evidence, as_of);
    let postings = in_order(postings, sightings);
    let Linking { groups, related } = link::link(&postings, evidence);
    let mut related = related_roles(&postings, &groups, &related);
    let mut roles: Vec<RoleRow> = groups
        .into_iter()
        .filter_map(|group| {
            let members = group.into_iter().map(|link| {
                let row = &postings[link.index];
                let seen = Seen::of(row, sightings);
                let to = link.to.map(|(index, _)| postings[index].posting_id.as_str());
                Member { row, link, to, seen, closing: life.closing(row, &seen) }
            });
            Role { bucket, excerpts, members: members.collect() }.row(as_of)
        })
        .collect();
    for role in &mut roles {
        role.related = Json(Value::Array(related.remove(&role.role_id).unwrap_or_default()).to_string());
    }
    roles.sort_unstable_by(|left, right| left.role_id.cmp(&right.role_id));
    roles
}

/// The id of the role whose first seen posting is `posting_id`.
fn role_id(posting_id: &str) -> String {
    format!("role_{}", Hasher::new("role").part(posting_id).hex(16))
}

/// For each role that resembles others, those: of several resemblances to one the strongest, the most alike first.
fn related_roles(postings: &[PostingRow], groups: &[Vec<Linked>], related: &[Related]) -> BTreeMap<String, Vec<Value>> {
    let mut first = vec![0; postings.len()];
    for group in groups {
        for member in group {
            first[member.index] = group[0].index;
        }
    }
    let mut found: BTreeMap<usize, BTreeMap<usize, (f64, &str)>> = BTreeMap::new();
    for pair in related {
        for (one, other) in [(first[pair.left], first[pair.right]), (first[pair.right], first[pair.left])] {
            let best = found.entry(one).or_default().entry(other).or_insert((pair.similarity, pair.rule));
            if (pair.similarity, best.1) > (best.0, pair.rule) {
                *best = (pair.similarity, pair.rule);
            }
        }
    }
    let name = |index: usize| role_id(&postings[index].posting_id);
    let sorted = |others: BTreeMap<usize, (f64, &str)>| {
        let mut others: Vec<_> = others.into_iter().collect();
        others.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(a.0.cmp(&b.0)));
        let shown = others.into_iter().take(MOST_RELATED);
        shown
            .map(|(index, (alike, rule))| json!({"role_id": name(index), "rule": rule, "similarity": rounded(alike)}))
            .collect()
    };
    found.into_iter().map(|(index, others)| (name(index), sorted(others))).collect()
}

/// A similarity with three decimals.
fn rounded(similarity: f64) -> f64 {
    (similarity * 1_000.0).round() / 1_000.0
}

/// One row per posting, the one first seen first; of several rows for one posting the latest stays.
fn in_order(mut postings: Vec<PostingRow>, sightings: &BTreeMap<String, Sighting>) -> Vec<PostingRow> {
    postings.sort_by(|left, right| {
        let latest_first = || (right.seen_at, &right.version).cmp(&(left.seen_at, &left.version));
        left.posting_id.cmp(&right.posting_id).then_with(latest_first)
    });
    postings.dedup_by(|later, kept| later.posting_id == kept.posting_id);
    postings.sort_by_key(|row| Seen::of(row, sightings).first);
    postings
}

/// When a posting was seen, in how many versions, and whether its source then said that it is not listed.
#[derive(Clone, Copy)]
struct Seen {
    first: Micros,
    last: Micros,
    versions: i64,
    unlisted: bool,
}

impl Seen {
    fn of(row: &PostingRow, sightings: &BTreeMap<String, Sighting>) -> Self {
        match sightings.get(&row.posting_id) {
            Some(seen) => Self {
                first: seen.first_seen_at,
                last: seen.last_seen_at,
                versions: seen.versions,
                unlisted: seen.unlisted,
            },
            None => Self { first: row.seen_at, last: row.seen_at, versions: 1, unlisted: false },
        }
    }
}

/// A posting as part of a role.
struct Member<'a> {
    row: &'a PostingRow,
    link: Linked,
    /// The posting that it was linked with.
    to: Option<&'a str>,
    seen: Seen,
    closing: Option<Closing>,
}

impl Member<'_> {
    /// Sorts the posting that speaks for the role first: last seen; of those the one first seen, then by id.
    fn precedence(&self) -> (Reverse<Micros>, Micros, &str) {
        (Reverse(self.seen.last), self.seen.first, &self.row.posting_id)
    }

    /// Whether it has pay that the employer stated, or else `predicted` pay.
    fn has_pay(&self, predicted: bool) -> bool {
        let known = self.row.pay_min_minor.is_some() || self.row.pay_max_minor.is_some();
        known && (self.row.pay_predicted == Some(true)) == predicted
    }
}

/// The postings of one role, the one first seen first, and what its row needs besides them.
struct Role<'a> {
    bucket: &'a str,
    excerpts: &'a BTreeMap<String, String>,
    members: Vec<Member<'a>>,
}

impl<'a> Role<'a> {
    fn row(&self, as_of: Micros) -> Option<RoleRow> {
        let first = self.members.first()?;
        let lead = self.members.iter().min_by_key(|member| member.precedence())?.row;
        let closing = life::role_closing(self.members.iter().map(|member| member.closing.clone()));
        let places = self.sorted(|row| row.places.clone());
        let excerpt = self.excerpt(lead);
        let facts = facts::facts(&self.members, places.len(), &format!("{}\n{excerpt}", lead.title), as_of);
        let mut row = RoleRow {
            role_id: role_id(&first.row.posting_id),
            bucket: self.bucket.to_owned(),
            sources: self.sorted(|row| vec![row.source.clone()]),
            posting_ids: self.sorted(|row| vec![row.posting_id.clone()]),
            places,
            links: self.links(),
            link_facts: self.link_facts(),
            excerpt,
            age_days: facts.age_days,
            gap_days: facts.gap_days,
            copy_count: facts.copy_count,
            edit_count: facts.edit_count,
            evergreen: facts.evergreen,
            posted_at: self.members.iter().filter_map(|member| member.row.posted_at).min(),
            first_seen_at: first.seen.first,
            last_seen_at: self.members.iter().map(|member| member.seen.last).max()?,
            closed_at: closing.as_ref().map(|closing| closing.at),
            closed_reason: closing.as_ref().map(|closing| closing.reason.to_owned()),
            closed_by: closing.map(|closing| closing.set),
            posting_count: self.members.len() as i64,
            version_count: self.members.iter().map(|member| member.seen.versions).sum(),
            repost_count: self.reposts(first.seen.first),
            method: METHOD.to_owned(),
            ..spoken_for(lead)
        };
        if let Some(paying) = self.paying() {
            state_pay(&mut row, paying);
        }
        Some(row)
    }

    fn sorted(&self, texts: impl Fn(&PostingRow) -> Vec<String>) -> Vec<String> {
        let all: BTreeSet<String> = self.members.iter().flat_map(|member| texts(member.row)).collect();
        all.into_iter().collect()
    }

    fn links(&self) -> Vec<String> {
        let mut links: Vec<String> = self
            .members
            .iter()
            .map(|member| format!("{}={}", member.row.posting_id, member.link.rule.name()))
            .collect();
        links.sort_unstable();
        links
    }

    fn link_facts(&self) -> Json {
        let mut members: Vec<&Member<'_>> = self.members.iter().collect();
        members.sort_unstable_by_key(|member| &member.row.posting_id);
        let facts = members.into_iter().map(|member| {
            let mut fact = json!({"posting_id": member.row.posting_id, "rule": member.link.rule.name()});
            if let Some(to) = member.to {
                fact["to"] = json!(to);
            }
            if let Some((_, Some(similarity))) = member.link.to {
                fact["similarity"] = json!(rounded(similarity));
            }
            fact
        });
        Json(Value::Array(facts.collect()).to_string())
    }

    fn excerpt(&self, lead: &PostingRow) -> String {
        let text = self.excerpts.get(&lead.posting_id).unwrap_or(&lead.text);
        text.chars().take(EXCERPT_CHARS).collect()
    }

    /// Postings that appeared on a later day than the first.
    fn reposts(&self, first_seen: Micros) -> i64 {
        self.members.iter().filter(|member| member.seen.first.day() > first_seen.day()).count() as i64
    }

    /// The posting whose pay the role has: stated pay before predicted, the lead's before another's.
    fn paying(&self) -> Option<&'a PostingRow> {
        [false, true].into_iter().find_map(|predicted| {
            let paying = self.members.iter().filter(|member| member.has_pay(predicted));
            paying.min_by_key(|member| member.precedence()).map(|member| member.row)
        })
    }
}

/// What the role takes from the posting that speaks for it.
fn spoken_for(lead: &PostingRow) -> RoleRow {
    RoleRow {
        posting_id: lead.posting_id.clone(),
        version: lead.version.clone(),
        title: lead.title.clone(),
        title_key: lead.title_key.clone(),
        domain: lead.domain.clone(),
        company: lead.company.clone(),
        company_key: lead.company_key.clone(),
        place_text: lead.place_text.clone(),
        city: lead.city.clone(),
        region: lead.region.clone(),
        country: lead.country.clone(),
        remote: lead.remote.clone(),
        remote_countries: lead.remote_countries.clone(),
        level: lead.level.clone(),
        employment: lead.employment.clone(),
        department: lead.department.clone(),
        skills: lead.skills.clone(),
        language: lead.language.clone(),
        url: lead.url.clone(),
        apply_url: lead.apply_url.clone(),
        office_days_min: lead.office_days_min,
        office_days_max: lead.office_days_max,
        travel_percent_max: lead.travel_percent_max,
        years_min: lead.years_min,
        years_max: lead.years_max,
        education: lead.education.clone(),
        visa: lead.visa.clone(),
        clearance: lead.clearance.clone(),
        benefits: lead.benefits.clone(),
        skills_required: lead.skills_required.clone(),
        skills_preferred: lead.skills_preferred.clone(),
        occupation_id: lead.occupation_id.clone(),
        occupation: lead.occupation.clone(),
        isco: lead.isco.clone(),
        soc: lead.soc.clone(),
        ..RoleRow::default()
    }
}

/// Pay is taken whole from one posting: amounts, currency, quote and all.
fn state_pay(role: &mut RoleRow, posting: &PostingRow) {
    role.pay_min_minor = posting.pay_min_minor;
    role.pay_max_minor = posting.pay_max_minor;
    role.pay_currency.clone_from(&posting.pay_currency);
    role.pay_period.clone_from(&posting.pay_period);
    role.pay_annual_min_minor = posting.pay_annual_min_minor;
    role.pay_annual_max_minor = posting.pay_annual_max_minor;
    role.pay_quote.clone_from(&posting.pay_quote);
    role.pay_predicted = posting.pay_predicted;
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn posting(id: &str, text: &str) -> PostingRow {
        PostingRow {
            posting_id: id.to_owned(),
            version: format!("version of {id}"),
            source: "lever".to_owned(),
            board: "acme".to_owned(),
            title: "Data Engineer".to_owned(),
            text_words: crate::likeness::of(text).word_set,
            title_key: "data engineer".to_owned(),
            company_key: "acme".to_owned(),
            text_hash: text.to_owned(),
            places: vec![format!("place of {id}"), "Berlin".to_owned()],
            ..PostingRow::default()
        }
    }

    fn paid(id: &str, minor: i64, predicted: Option<bool>) -> PostingRow {
        PostingRow {
            pay_max_minor: Some(minor),
            pay_currency: Some("EUR".to_owned()),
            pay_predicted: predicted,
            ..posting(id, "text")
        }
    }

    fn sightings(seen: &[(&str, i64, i64)]) -> BTreeMap<String, Sighting> {
        let sighting = |&(id, first, last): &(&str, i64, i64)| Sighting {
            posting_id: id.to_owned(),
            first_seen_at: Micros(first),
            last_seen_at: Micros(last),
            versions: 2,
            unlisted: false,
        };
        seen.iter().map(|seen| (seen.0.to_owned(), sighting(seen))).collect()
    }

    fn roles(postings: Vec<PostingRow>, seen: &[(&str, i64, i64)]) -> Vec<RoleRow> {
        resolve("0a", postings, &BTreeMap::new(), &sightings(seen), &Evidence::default(), Micros(100 * DAY))
    }

    /// A permutation of `items` that depends on nothing but `seed`.
    fn shuffled<T>(mut items: Vec<T>, seed: u64) -> Vec<T> {
        let mut state = seed;
        for at in (1..items.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            items.swap(at, (state >> 33) as usize % (at + 1));
        }
        items
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert_eq!(roles(Vec::new(), &[]), []);
    }

    #[test]
    fn a_posting_alone_is_a_role_of_its_own() {
        let roles = roles(vec![posting("a", "x"), posting("b", "y")], &[]);
        assert_eq!(roles.len(), 2);
        assert!(roles.iter().all(|role| role.links == [format!("{}=only", role.posting_id)]));
        assert!(roles.iter().all(|role| role.role_id.len() == 21 && role.role_id.starts_with("role_")));
    }

    #[test]
    fn the_posting_last_seen_speaks_and_the_one_first_seen_names_the_role() {
        let both = roles(vec![posting("a", "x"), posting("b", "x")], &[("a", 1, 5), ("b", 2, 9)]);
        let alone = roles(vec![posting("a", "x")], &[("a", 1, 5)]);
        assert_eq!(both[0].posting_id, "b");
        assert_eq!(both[0].role_id, alone[0].role_id, "a repost does not rename the role");
        assert_eq!(both[0].links, ["a=same-text", "b=same-text"]);
        assert_eq!(both[0].places, ["Berlin", "place of a", "place of b"]);
        assert_eq!((both[0].posting_count, both[0].version_count), (2, 4));
    }

    #[test]
    fn of_two_seen_last_together_the_one_first_seen_speaks() {
        let roles = roles(vec![posting("a", "x"), posting("b", "x")], &[("a", 3, 9), ("b", 2, 9)]);
        assert_eq!(roles[0].posting_id, "b");
    }

    #[test]
    fn only_postings_that_appear_on_a_later_day_are_reposts() {
        let seen = [("a", 1, 9), ("b", DAY - 1, DAY), ("c", 3 * DAY, 4 * DAY)];
        let roles = roles(vec![posting("a", "x"), posting("b", "x"), posting("c", "x")], &seen);
        assert_eq!((roles[0].posting_count, roles[0].repost_count), (3, 1));
    }

    #[test]
    fn predicted_pay_never_stands_where_pay_is_stated() {
        let seen = [("lead", 1, 9), ("other", 1, 5)];
        let stated = roles(vec![paid("lead", 100, Some(true)), paid("other", 200, None)], &seen);
        assert_eq!((stated[0].pay_max_minor, stated[0].pay_predicted), (Some(200), None));
        let guessed = roles(vec![posting("lead", "text"), paid("other", 200, Some(true))], &seen);
        assert_eq!((guessed[0].pay_max_minor, guessed[0].pay_predicted), (Some(200), Some(true)));
        let leads = roles(vec![paid("lead", 100, Some(false)), paid("other", 200, Some(true))], &seen);
        assert_eq!(leads[0].pay_max_minor, Some(100));
    }

    #[test]
    fn the_earliest_publication_counts() {
        let dated = |id, at| PostingRow { posted_at: Some(Micros(at)), ..posting(id, "x") };
        let roles = roles(vec![dated("a", 70), dated("b", 30), posting("c", "x")], &[]);
        assert_eq!(roles[0].posted_at, Some(Micros(30)));
    }

    #[test]
    fn a_role_is_open_while_one_posting_is() {
        let listing = BoardSeen {
            source: "lever".to_owned(),
            board: "acme".to_owned(),
            last_complete_listing_at: Some(Micros(50)),
        };
        let listing = Evidence { boards: vec![listing], ..Evidence::default() };
        let run = |last_of_b| {
            let seen = sightings(&[("a", 1, 20), ("b", 2, last_of_b)]);
            let postings = vec![posting("a", "x"), posting("b", "x")];
            resolve("0a", postings, &BTreeMap::new(), &seen, &listing, Micros(60)).remove(0)
        };
        assert_eq!((run(50).closed_at, run(50).closed_reason), (None, None));
        assert_eq!(run(30).closed_at, Some(Micros(50)));
        assert_eq!(run(30).closed_reason.as_deref(), Some("not-listed"));
    }

    #[test]
    fn the_excerpt_is_cut_by_characters() {
        let long = BTreeMap::from([("a".to_owned(), "ä".repeat(400))]);
        let roles = resolve("0a", vec![posting("a", "x")], &long, &BTreeMap::new(), &Evidence::default(), Micros(0));
        assert_eq!(roles[0].excerpt, "ä".repeat(280));
    }

    #[test]
    fn of_two_rows_for_one_posting_the_latest_stays() {
        let at = |time, title: &str| PostingRow { seen_at: Micros(time), title: title.to_owned(), ..posting("a", "x") };
        let roles = roles(vec![at(1, "old"), at(5, "new"), at(3, "middle")], &[]);
        assert_eq!((roles.len(), roles[0].title.as_str(), roles[0].posting_count), (1, "new", 1));
    }

    #[test]
    fn the_order_of_the_input_changes_nothing() {
        let mut postings = Vec::new();
        for n in 0..60_i64 {
            let id = format!("p{n:02}");
            postings.push(PostingRow {
                seen_at: Micros(n % 7 * DAY),
                role_key: (n % 5 == 0).then(|| format!("key {}", n % 10)),
                level: ["senior", "junior"].get(n as usize % 3).map(|level| (*level).to_owned()),
                text_sketch: (0..64_i64)
                    .flat_map(|word| (word + i64::from(word < n % 9) * n).to_le_bytes()[..4].to_vec())
                    .collect(),
                ..paid(&id, n, Some(n % 2 == 0))
            });
            if let Some(last) = postings.last_mut() {
                last.text_hash = format!("text {}", n % 23);
            }
        }
        let expected = roles(postings.clone(), &[]);
        assert!(expected.len() > 1 && expected.len() < 60, "the sample must link some and not all");
        for seed in 0..20 {
            assert_eq!(roles(shuffled(postings.clone(), seed), &[]), expected, "seed {seed}");
        }
    }

    #[test]
    fn every_posting_is_in_exactly_one_role() {
        let postings: Vec<_> = (0..40).map(|n| posting(&format!("p{n:02}"), &format!("text {}", n % 11))).collect();
        let mut seen: Vec<String> = roles(postings, &[]).into_iter().flat_map(|role| role.posting_ids).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..40).map(|n| format!("p{n:02}")).collect::<Vec<_>>());
    }
}
