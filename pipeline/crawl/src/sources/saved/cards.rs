//! Postings shown in markup: cards of a page of results, the page of one, and the links of a mail with what stands around
//! them. Each becomes an object of named texts, as [`CARD`](super::CARD) says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};
use serde_json::{Map, Value};

use super::stated::{days_ago, employer};
use super::{Site, selector};

/// Most cards of one body.
const MOST_CARDS: usize = 1_000;
/// Most elements and texts that can be one card around a link.
const LARGEST_CARD: usize = 400;
/// Most lines that can be one card around a link.
const MOST_LINES: usize = 14;
/// How far a card reaches above its link.
const HIGHEST: usize = 14;

/// Where the pages of a board have what a posting says: one selector for each part, all generations of the board's markup
/// separated by commas.
pub(in crate::sources) struct Cards {
    card: Option<Selector>,
    title: Option<Selector>,
    parts: Vec<(&'static str, Option<Selector>)>,
    ids: &'static [&'static str],
    detail: Vec<(&'static str, Option<Selector>)>,
    place_unmarked: bool,
}

/// The texts of [`Cards`], by part.
pub(in crate::sources) struct Markers {
    /// A card.
    pub card: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its other parts, by the names that [`CARD`](super::CARD) has for them.
    pub parts: &'static [(&'static str, &'static str)],
    /// Attributes of a card that name its posting.
    pub ids: &'static [&'static str],
    /// The parts of the page of one posting.
    pub detail: &'static [(&'static str, &'static str)],
    /// Whether nothing marks the place on a card, so that it is what follows the employer.
    pub place_unmarked: bool,
}

impl Cards {
    /// Those of `markers`.
    pub fn new(markers: &Markers) -> Self {
        let parts =
            |parts: &[(&'static str, &'static str)]| parts.iter().map(|(name, text)| (*name, selector(text))).collect();
        Self {
            card: selector(markers.card),
            title: selector(markers.title),
            parts: parts(markers.parts),
            ids: markers.ids,
            detail: parts(markers.detail),
            place_unmarked: markers.place_unmarked,
        }
    }

    /// Whether every selector could be written.
    #[cfg(test)]
    pub fn is_whole(&self) -> bool {
        let parts = self.parts.iter().chain(&self.detail).all(|(_, selector)| selector.is_some());
        parts && self.card.is_some() && self.title.is_some()
    }

    /// The cards of the list of `tree`.
    pub(super) fn of_page(&self, site: &Site, tree: &Html) -> Vec<Value> {
        let Some(selector) = &self.card else { return Vec::new() };
        let outermost = |card: &ElementRef<'_>| {
            let mut above = card.ancestors().take(60).filter_map(ElementRef::wrap);
            !above.any(|above| selector.matches(&above) || above.value().name() == "aside")
        };
        let cards = tree.select(selector).filter(outermost).take(MOST_CARDS);
        let mut seen = BTreeSet::new();
        let cards = cards.filter_map(|card| self.of_card(site, card));
        cards.filter(|card| card.get("id").is_none_or(|id| seen.insert(id.to_string()))).collect()
    }

    /// What `card` says; nothing when it says nothing of a posting, as a placeholder does.
    fn of_card(&self, site: &Site, card: ElementRef<'_>) -> Option<Value> {
        let marked = || card.descendent_elements().take(LARGEST_CARD * 4);
        let attribute =
            |element: ElementRef<'_>| self.ids.iter().find_map(|name| element.attr(name).map(str::to_owned));
        let id = attribute(card).or_else(|| marked().find_map(attribute)).filter(|id| !id.trim().is_empty());
        let link = marked().filter_map(|element| element.attr("href")).find_map(|link| site.link(link));
        let mut said = Map::new();
        if let Some((id, url)) = link {
            said.insert("id".to_owned(), id.into());
            said.insert("url".to_owned(), url.into());
        } else if let Some(id) = id {
            said.insert("id".to_owned(), id.into());
        }
        let title = self
            .title
            .iter()
            .flat_map(|title| card.select(title))
            .find_map(|title| Some(lines(title).join(" ")).filter(|title| !title.is_empty()));
        let marked = said_by(&self.parts, card);
        if marked.is_empty() && said.is_empty() {
            return None;
        }
        if marked.is_empty() || self.place_unmarked {
            fill(&mut said, around(&lines(card), title.clone()));
        }
        said.extend(marked);
        if let Some(title) = title {
            said.insert("title".to_owned(), title.into());
        }
        Some(Value::Object(said))
    }

    /// The posting that the page shows whose own address is `own`.
    pub(super) fn detail(&self, tree: &Html, own: &(String, String)) -> Option<Value> {
        let mut said = said_by(&self.detail, tree.root_element());
        // A wall that stands before the page has a heading too.
        said.get("title")?;
        said.get("company").or_else(|| said.get("description"))?;
        let (id, url) = own;
        said.insert("id".to_owned(), id.as_str().into());
        said.insert("url".to_owned(), url.as_str().into());
        Some(Value::Object(said))
    }
}

/// What the first element of each of `parts` says, a description with its markup.
fn said_by(parts: &[(&'static str, Option<Selector>)], within: ElementRef<'_>) -> Map<String, Value> {
    let mut said = Map::new();
    for (name, selector) in parts {
        let mut found = selector.iter().flat_map(|selector| within.select(selector));
        let text = found.find_map(|element| {
            let lines = lines(element);
            let text = match *name {
                "description" if !lines.is_empty() => element.inner_html(),
                "company" => lines.join("\n"),
                _ => lines.join(" "),
            };
            (!text.trim().is_empty()).then_some(text)
        });
        if let Some(text) = text {
            said.insert((*name).to_owned(), text.into());
        }
    }
    said
}

/// The texts within `element`, one line each, without styles and scripts.
fn lines(element: ElementRef<'_>) -> Vec<String> {
    let hidden = |name: &str| matches!(name, "style" | "script" | "template" | "noscript");
    let texts = element.descendants().filter_map(|node| match node.value() {
        Node::Text(text) if !node.parent().and_then(ElementRef::wrap).is_some_and(|of| hidden(of.value().name())) => {
            Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        _ => None,
    });
    texts.filter(|text| text.chars().any(char::is_alphanumeric) || text.contains(['★', '(', ')'])).collect()
}

/// What the lines of a card say around its `title`: employer, place, pay, day and kind of contract, as they follow.
fn around(lines: &[String], title: Option<String>) -> Map<String, Value> {
    let mut said = Map::new();
    let mut rest: Vec<&str> = Vec::new();
    let mut rated = None;
    let mut pay: Option<String> = None;
    let mut open = false;
    for part in
        lines.iter().take(MOST_LINES * 10).flat_map(|line| line.split(['•', '·', '|', '\u{2022}'])).map(str::trim)
    {
        let part = part.trim_matches([',', ' ']);
        if let Some(pay) = pay.as_mut().filter(|_| open || part.starts_with('(')) {
            pay.push(' ');
            pay.push_str(part);
            open = !part.ends_with(')');
            continue;
        }
        if part.is_empty() || is_button(part) {
            continue;
        }
        if is_rating(part) {
            rated = rated.or(rest.last().copied());
        } else if is_pay(part) {
            pay = pay.or_else(|| Some(part.to_owned()));
        } else if is_age(part) {
            said.entry("posted").or_insert_with(|| part.into());
        } else if is_employment(part) {
            said.entry("employment").or_insert_with(|| part.into());
        } else if !rest.contains(&part) {
            rest.push(part);
        }
    }
    if let Some(pay) = pay {
        said.insert("salary".to_owned(), pay.into());
    }
    let title = title.or_else(|| {
        // Without a title of its own, a card begins with the employer when a rating follows it or a name and a rating
        // are one line; else with the title.
        let first = *rest.first()?;
        let employer_first = rated == Some(first) || employer(first).1;
        rest.get(usize::from(employer_first)).map(|title| (*title).to_owned())
    });
    rest.retain(|part| title.as_deref() != Some(*part));
    let company = rated.filter(|rated| rest.contains(rated)).or_else(|| rest.first().copied());
    rest.retain(|part| Some(*part) != company);
    for (name, value) in [
        ("title", title),
        ("company", company.map(str::to_owned)),
        ("location", rest.first().map(|place| (*place).to_owned())),
    ] {
        if let Some(value) = value {
            said.insert(name.to_owned(), value.into());
        }
    }
    said
}

/// Adds to `said` what it does not say yet.
fn fill(said: &mut Map<String, Value>, more: Map<String, Value>) {
    for (name, value) in more {
        said.entry(name).or_insert(value);
    }
}

fn is_rating(line: &str) -> bool {
    let bare = line.trim_matches(['★', '☆', ' ', '*']);
    bare.is_empty() || (bare.len() == 3 && bare.replace(',', ".").parse::<f32>().is_ok_and(|rating| rating <= 5.0))
}

fn is_pay(line: &str) -> bool {
    const CODES: [&str; 9] = ["usd", "eur", "gbp", "chf", "inr", "cad", "aud", "per hour", "per year"];
    let digits = line.chars().any(|c| c.is_ascii_digit());
    let lower = line.to_lowercase();
    digits
        && line.chars().count() < 120
        && (line.contains(['$', '€', '£', '¥', '₹']) || CODES.iter().any(|code| lower.contains(code)))
}

/// Whether `line` says how long ago, or that it is at least so many days.
fn is_age(line: &str) -> bool {
    let short = line.chars().count() <= 24;
    let open = line.split_once('+').is_some_and(|(days, unit)| {
        let count = days.rsplit(' ').next().unwrap_or(days).trim_end_matches(['d', 'h']);
        count.parse::<u16>().is_ok() && unit.chars().count() < 15
    });
    short && (days_ago(line).is_some() || open)
}

fn is_employment(line: &str) -> bool {
    const KINDS: [&str; 16] = [
        "full-time",
        "full time",
        "part-time",
        "part time",
        "contract",
        "contract w2",
        "third party",
        "temporary",
        "internship",
        "permanent",
        "vollzeit",
        "teilzeit",
        "temps plein",
        "tiempo completo",
        "tempo pieno",
        "freelance",
    ];
    let lower = line.to_lowercase();
    lower.chars().count() <= 60 && lower.split(',').all(|kind| KINDS.contains(&kind.trim()))
}

fn is_button(line: &str) -> bool {
    const BUTTONS: [&str; 40] = [
        "apply",
        "apply now",
        "easy apply",
        "easily apply",
        "quick apply",
        "1-click apply",
        "apply on company site",
        "view",
        "view job",
        "view jobs",
        "view details",
        "see job",
        "see details",
        "see more",
        "learn more",
        "read more",
        "save",
        "save job",
        "saved",
        "new!",
        "sponsored",
        "promoted",
        "featured",
        "hiring",
        "urgently hiring",
        "actively hiring",
        "be an early applicant",
        "jetzt bewerben",
        "bewerben",
        "schnellbewerbung",
        "einfach bewerben",
        "job ansehen",
        "ansehen",
        "postuler",
        "candidature facile",
        "candidature simplifiée",
        "voir l'offre",
        "solicitar ahora",
        "ver oferta",
        "candidati ora",
    ];
    let lower = line.to_lowercase();
    BUTTONS.contains(&lower.trim_matches(['!', '.', '>', '»', '→', ' ', '(', ')'])) || BUTTONS.contains(&lower.as_str())
}

/// The postings that links of `tree` name, each with what stands around its links and around no other's.
pub(super) fn of_links(site: &Site, tree: &Html) -> Vec<Value> {
    static ANCHORS: LazyLock<Option<Selector>> = LazyLock::new(|| selector("a[href]"));
    let anchors = ANCHORS.iter().flat_map(|anchors| tree.select(anchors));
    let named = anchors.filter_map(|anchor| Some((anchor, site.link(anchor.attr("href")?)?)));
    let mut of_node = BTreeMap::new();
    let mut postings: Vec<(String, String, Vec<ElementRef<'_>>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (anchor, (id, url)) in named.take(MOST_CARDS * 4) {
        let place = *places.entry(id.clone()).or_insert(postings.len());
        if place == postings.len() {
            postings.push((id, url, Vec::new()));
        }
        of_node.insert(anchor.id(), place);
        if let Some((_, _, anchors)) = postings.get_mut(place) {
            anchors.push(anchor);
        }
    }
    let cards = postings.into_iter().take(MOST_CARDS).enumerate().filter_map(|(place, (id, url, anchors))| {
        let alone = |element: ElementRef<'_>| {
            let nodes: Vec<_> = element.descendants().take(LARGEST_CARD + 1).collect();
            let own = nodes.iter().filter_map(|node| of_node.get(&node.id())).all(|of| *of == place);
            own && nodes.len() <= LARGEST_CARD && lines(element).len() <= MOST_LINES
        };
        let first = *anchors.first()?;
        let above = first.ancestors().take(HIGHEST).filter_map(ElementRef::wrap);
        let above = above.take_while(|element| alone(*element) && !matches!(element.value().name(), "body" | "html"));
        let lines = lines(above.last().unwrap_or(first));
        let texts = anchors.iter().map(|anchor| super::cards::lines(*anchor));
        let mut single = texts
            .filter(|texts| texts.len() == 1)
            .flatten()
            .filter(|text| !is_button(text) && text.chars().count() <= 200);
        let mut said = around(&lines, single.next());
        said.insert("id".to_owned(), id.into());
        said.insert("url".to_owned(), url.into());
        Some(Value::Object(said))
    });
    cards.collect()
}

/// The postings that the addresses of a plain `text` name, each with the lines before it.
pub(super) fn of_text(site: &Site, text: &str) -> Vec<Value> {
    let mut block: Vec<String> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut cards = Vec::new();
    for line in text.lines().map(str::trim) {
        let address = line.find("http").and_then(|at| line[at..].split([' ', '>', ')', ']']).next());
        if let Some((id, url)) = address.and_then(|address| site.link(address)) {
            let from = block.len().saturating_sub(6);
            let lines = &block[from..];
            let title = lines.first().cloned();
            if seen.insert(id.clone()) && cards.len() < MOST_CARDS && title.is_some() {
                let mut said = around(lines, title);
                said.insert("id".to_owned(), id.into());
                said.insert("url".to_owned(), url.into());
                cards.push(Value::Object(said));
            }
            block.clear();
        } else if address.is_some() || !line.chars().any(char::is_alphanumeric) {
            block.clear();
        } else {
            block.push(line.to_owned());
        }
    }
    cards
}

/// Whether the page says that there are no postings.
pub(super) fn says_none(tree: &Html) -> bool {
    static MARKS: LazyLock<Option<Selector>> = LazyLock::new(|| {
        selector(
            "[data-test*='no-result' i], [data-testid*='no-result' i], [data-test*='noresult' i], \
             [data-testid*='noresult' i], [class*='no-result' i], [class*='noresult' i], [class*='zero-result' i]",
        )
    });
    static HEADS: LazyLock<Option<Selector>> = LazyLock::new(|| selector("h1, h2, h3, [role='heading'], main p"));
    const WORDS: [&str; 12] = [
        "no jobs",
        "no results",
        "0 jobs",
        "0 results",
        "did not match",
        "didn't match",
        "keine jobs",
        "keine treffer",
        "aucun",
        "nessun",
        "no hay",
        "geen ",
    ];
    let says = |element: ElementRef<'_>| {
        let text = lines(element).join(" ").to_lowercase();
        let begins_so = |word: &str| {
            text.find(word).is_some_and(|at| !text[..at].ends_with(|c: char| c.is_ascii_digit() || c == ','))
        };
        text.chars().count() <= 200 && WORDS.iter().any(|word| begins_so(word))
    };
    MARKS.iter().any(|marks| tree.select(marks).next().is_some())
        || HEADS.iter().flat_map(|heads| tree.select(heads)).take(200).any(says)
}
