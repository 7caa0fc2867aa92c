//! Cards of postings in saved pages and mails whose markup is not known beforehand: what belongs to one posting is the
//! largest part of the page that links to no other, and its lines say title, employer and place in that order.

use std::collections::{HashMap, HashSet};

use scraper::{ElementRef, Html, Node, Selector};
use serde_json::{Map, Value};

use super::pages::{is_pay, is_rating, is_unseen, tidy};

/// Most cards of a page that are read.
const MOST: usize = 1_000;
/// How far up from a link its card is looked for.
const HIGHEST: usize = 40;
/// Longest line that can be an employer or a place, in characters.
const SHORT: usize = 90;
/// Elements that do not begin a new line.
const INLINE: [&str; 12] = ["a", "abbr", "bdi", "bdo", "cite", "img", "label", "mark", "q", "span", "sub", "time"];

/// What a page or mail shows of one posting.
pub(super) struct Card<'a> {
    /// The posting's id, as the source's reader of links gives it.
    pub id: String,
    /// The link or the attribute that gave the id.
    pub link: String,
    /// The part of the page; none in plain text.
    pub element: Option<ElementRef<'a>>,
    /// The title.
    pub title: Option<String>,
    /// The lines after the title.
    pub lines: Vec<String>,
}

/// How far a card may reach.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Up to the next posting: readers look for elements by name in it.
    Page,
    /// Not over other links once three lines are in it: readers take its lines as they come.
    Mail,
}

/// A node of a page in the order of the page.
enum Item<'a> {
    Element(ElementRef<'a>),
    Text(&'a str),
}

/// A page as a list of nodes, each with its parent and the end of what is in it.
struct Flat<'a> {
    items: Vec<Item<'a>>,
    parents: Vec<Option<usize>>,
    ends: Vec<usize>,
}

impl<'a> Flat<'a> {
    fn new(page: &'a Html) -> Self {
        let (mut items, mut parents) = (Vec::new(), Vec::new());
        let mut places = HashMap::new();
        for node in page.root_element().descendants() {
            let item = match node.value() {
                Node::Text(text) => Item::Text(text),
                _ => match ElementRef::wrap(node) {
                    Some(element) => Item::Element(element),
                    None => continue,
                },
            };
            parents.push(node.parent().and_then(|parent| places.get(&parent.id()).copied()));
            places.insert(node.id(), items.len());
            items.push(item);
        }
        let mut ends: Vec<usize> = (1..=items.len()).collect();
        for at in (0..items.len()).rev() {
            if let Some(parent) = parents[at] {
                ends[parent] = ends[parent].max(ends[at]);
            }
        }
        Self { items, parents, ends }
    }

    fn element(&self, at: usize) -> Option<ElementRef<'a>> {
        match self.items.get(at) {
            Some(Item::Element(element)) => Some(*element),
            _ => None,
        }
    }

    /// The first `most` lines of the element at `at`.
    fn lines(&self, at: usize, most: usize) -> Vec<String> {
        self.lines_until(at, self.ends.get(at).copied().unwrap_or(at), most)
    }

    /// The first `most` lines of the element at `at`, up to `end`.
    fn lines_until(&self, at: usize, end: usize, most: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut blocks: Vec<usize> = Vec::new();
        let mut next = at;
        let flush = |line: &mut String, lines: &mut Vec<String>| {
            let words = tidy(&std::mem::take(line));
            if words.chars().any(char::is_alphanumeric) {
                lines.push(words);
            }
        };
        while next < end && lines.len() < most {
            while blocks.last().is_some_and(|block| *block <= next) {
                blocks.pop();
                flush(&mut line, &mut lines);
            }
            match &self.items[next] {
                Item::Text(text) => {
                    line.push_str(text);
                    next += 1;
                }
                Item::Element(element) if is_unseen(element) => next = self.ends[next].max(next + 1),
                Item::Element(element) => {
                    if INLINE.contains(&element.value().name()) {
                        line.push(' ');
                    } else {
                        flush(&mut line, &mut lines);
                        blocks.push(self.ends[next]);
                    }
                    next += 1;
                }
            }
        }
        flush(&mut line, &mut lines);
        lines.truncate(most);
        lines
    }
}

/// The elements of a page that name a posting, and its other links, in order.
struct Marks {
    found: Vec<(usize, String, String)>,
    /// For each of `found`, where the next one of another posting stands.
    other: Vec<usize>,
    foreign: Vec<usize>,
}

impl Marks {
    fn new<'a>(flat: &Flat<'a>, id_of: impl Fn(&ElementRef<'a>) -> Option<(String, String)>) -> Self {
        let (mut found, mut foreign) = (Vec::new(), Vec::new());
        for (at, item) in flat.items.iter().enumerate() {
            let Item::Element(element) = item else { continue };
            match id_of(element) {
                Some((id, link)) => found.push((at, id, link)),
                None if leads_away(element) => foreign.push(at),
                None => {}
            }
        }
        let mut other = vec![usize::MAX; found.len()];
        for at in (1..found.len()).rev() {
            other[at - 1] = if found[at].1 == found[at - 1].1 { other[at] } else { found[at].0 };
        }
        Self { found, other, foreign }
    }

    /// Where what a mail says of posting `id` from `start` to `end` is over: at the first other link after the last to it.
    fn over(&self, id: &str, start: usize, end: usize) -> usize {
        let upto = self.found.partition_point(|(at, _, _)| *at < end);
        let last =
            self.found[..upto].iter().rev().take_while(|(at, _, _)| *at >= start).find(|(_, other, _)| other == id);
        let first = self.foreign.partition_point(|at| last.is_some_and(|(last, _, _)| at < last));
        self.foreign.get(first).map_or(end, |at| end.min(*at))
    }

    /// Whether all that is marked from `start` to `end` is one posting.
    fn alone(&self, start: usize, end: usize) -> bool {
        let first = self.found.partition_point(|(at, _, _)| *at < start);
        self.other.get(first).is_none_or(|other| *other >= end)
    }

    fn foreign_within(&self, start: usize, end: usize) -> bool {
        let first = self.foreign.partition_point(|at| *at < start);
        self.foreign.get(first).is_some_and(|at| *at < end)
    }
}

/// Whether `element` is a link to something else than a posting or its employer.
fn leads_away(element: &ElementRef<'_>) -> bool {
    let employer = |link: &str| ["/cmp/", "/company/"].iter().any(|path| link.contains(path));
    element.value().name() == "a" && element.attr("href").is_some_and(|link| !employer(link))
}

/// The cards of `page`, one per posting, in order. `id_of` gives the id that an element names, and what named it.
pub(super) fn of_page<'a>(
    page: &'a Html,
    reach: Reach,
    id_of: impl Fn(&ElementRef<'a>) -> Option<(String, String)>,
) -> Vec<Card<'a>> {
    let flat = Flat::new(page);
    let marks = Marks::new(&flat, id_of);
    let mut seen: HashSet<&str> = HashSet::new();
    let mut found: Vec<(&str, &str, usize)> = Vec::new();
    for (at, id, link) in &marks.found {
        if found.len() < MOST && seen.insert(id) {
            found.push((id, link, extent(&flat, &marks, *at, reach)));
        }
    }
    let texts: Vec<Vec<String>> = found.iter().map(|(id, _, at)| link_texts(&flat, &marks, id, *at)).collect();
    let cards = found.iter().zip(&texts).map(|((id, link, at), links)| {
        let end = if reach == Reach::Mail { marks.over(id, *at, flat.ends[*at]) } else { flat.ends[*at] };
        let mut lines = flat.lines_until(*at, end, 60);
        let first = lines.first().cloned();
        let repeated = |text: &String| {
            first.as_ref() != Some(text) && texts.iter().filter(|links| links.contains(text)).count() > 1
        };
        let title = links.iter().find(|text| !is_label(text) && !repeated(text)).cloned();
        let title = title.or_else(|| first.filter(|line| reach == Reach::Mail && !is_label(line)));
        if let Some(at) =
            title.as_ref().and_then(|title| lines.iter().position(|line| line.starts_with(title.as_str())))
        {
            lines.drain(..=at);
        }
        Card { id: (*id).to_owned(), link: (*link).to_owned(), element: flat.element(*at), title, lines }
    });
    cards.collect()
}

/// The cards that `paths` find and in which nothing names a posting; they are told rather than lost.
pub(super) fn unnamed<'a>(
    page: &'a Html,
    paths: &[Selector],
    id_of: impl Fn(&ElementRef<'a>) -> Option<(String, String)>,
) -> Vec<Card<'a>> {
    let found = paths.iter().flat_map(|path| page.select(path)).take(MOST);
    let named = |card: &ElementRef<'a>| {
        card.descendants().filter_map(ElementRef::wrap).any(|element| id_of(&element).is_some())
    };
    let unnamed = found.filter(|card| !named(card)).map(|element| Card {
        id: String::new(),
        link: String::new(),
        element: Some(element),
        title: None,
        lines: Vec::new(),
    });
    unnamed.collect()
}

/// The largest element around `mark` that is about its posting alone.
fn extent(flat: &Flat<'_>, marks: &Marks, mark: usize, reach: Reach) -> usize {
    let mut at = mark;
    for _ in 0..HIGHEST {
        let Some(parent) = flat.parents[at] else { break };
        let root = flat.element(parent).is_some_and(|element| matches!(element.value().name(), "html" | "body"));
        let end = flat.ends[parent];
        if root || !marks.alone(parent, end) {
            break;
        }
        if reach == Reach::Mail && marks.foreign_within(parent, end) && flat.lines(at, 3).len() >= 3 {
            break;
        }
        at = parent;
    }
    at
}

/// The first lines of the links to posting `id` within the card at `at`.
fn link_texts(flat: &Flat<'_>, marks: &Marks, id: &str, at: usize) -> Vec<String> {
    let start = marks.found.partition_point(|(mark, _, _)| *mark < at);
    let within = marks.found[start..].iter().take_while(|(mark, other, _)| *mark < flat.ends[at] && other == id);
    let links = within.filter(|(mark, _, _)| flat.element(*mark).is_some_and(|link| link.value().name() == "a"));
    links.take(20).filter_map(|(mark, _, _)| flat.lines(*mark, 1).pop()).collect()
}

/// Whether `words` are a button or a badge rather than something of the posting.
pub(super) fn is_label(words: &str) -> bool {
    const LABELS: [&str; 62] = [
        "view job",
        "view",
        "view details",
        "see job",
        "apply",
        "apply now",
        "easy apply",
        "easily apply",
        "quick apply",
        "apply on company site",
        "apply with your profile",
        "save",
        "save job",
        "new",
        "sponsored",
        "promoted",
        "urgently hiring",
        "hiring multiple candidates",
        "responsive employer",
        "actively recruiting",
        "actively hiring",
        "this company is actively hiring",
        "be an early applicant",
        "top applicant",
        "fast growing",
        "not interested",
        "ansehen",
        "job ansehen",
        "stelle ansehen",
        "zum job",
        "jetzt bewerben",
        "bewerben",
        "schnellbewerbung",
        "einfach bewerben",
        "gesponsert",
        "anzeige",
        "neu",
        "speichern",
        "dringend gesucht",
        "voir l'offre",
        "voir l’offre",
        "voir le poste",
        "postuler",
        "candidature simplifiée",
        "candidature facile",
        "sponsorisé",
        "nouveau",
        "enregistrer",
        "ver empleo",
        "ver oferta",
        "solicitar",
        "solicitud sencilla",
        "postularme",
        "nuevo",
        "ver vaga",
        "candidatura simplificada",
        "novo",
        "vedi offerta",
        "candidati",
        "candidatura semplice",
        "bekijk vacature",
        "solliciteer",
    ];
    let words = words.trim().trim_end_matches([':', '!', '>', '\u{203a}', '\u{2192}']).trim().to_lowercase();
    LABELS.contains(&words.as_str())
}

/// The cards of a plain text: the lines that stand before each link to a posting.
pub(super) fn of_text(text: &str, id_of: impl Fn(&str) -> Option<String>) -> Vec<Card<'static>> {
    let mut cards: Vec<Card<'static>> = Vec::new();
    let mut seen = HashSet::new();
    let mut block: Vec<String> = Vec::new();
    let mut first = true;
    for line in text.lines() {
        let line = tidy(line);
        let rule = line.chars().count() >= 5 && !line.chars().any(char::is_alphanumeric);
        let Some(at) = line.find("https://").or_else(|| line.find("http://")) else {
            if rule {
                block.clear();
                first = false;
            } else {
                block.push(line);
            }
            continue;
        };
        let link = line[at..].split([' ', '<', '>', '"', ')', ']']).next().unwrap_or_default();
        if let Some(id) = id_of(link).filter(|id| cards.len() < MOST && seen.insert(id.clone())) {
            let mut lines = paragraph(&block, first).to_vec();
            let title = (!lines.is_empty()).then(|| lines.remove(0));
            cards.push(Card { id, link: link.to_owned(), element: None, title, lines });
        }
        block.clear();
        first = false;
    }
    cards
}

/// The paragraph of `block` that is about the posting whose link follows it. Before the `first` link stands a preamble;
/// after the others, the paragraph comes first.
fn paragraph(block: &[String], first: bool) -> &[String] {
    let paragraphs: Vec<&[String]> = block.split(|line| line.is_empty()).filter(|lines| !lines.is_empty()).collect();
    let attached = block.rsplit(|line| line.is_empty()).next().unwrap_or_default();
    if !first {
        let told = paragraphs.iter().find(|lines| lines.len() >= 2);
        return told.or(paragraphs.first()).copied().unwrap_or_default();
    }
    if attached.len() >= 3 {
        return attached;
    }
    let earlier = paragraphs.iter().rev().find(|lines| lines.len() >= 3);
    let two = || paragraphs.iter().rev().find(|lines| lines.len() >= 2);
    earlier.or_else(two).or(paragraphs.last()).copied().unwrap_or_default()
}

/// The fields that `card` states: `title`, `company`, `location`, `salary`, `age` and `snippet`. Where `dashed`, the
/// employer and the place stand in one line with a dash between them.
pub(super) fn fields(card: &Card<'_>, dashed: bool, is_age: impl Fn(&str) -> bool) -> Map<String, Value> {
    let mut told = Map::new();
    if let Some(title) = &card.title {
        told.insert("title".to_owned(), Value::from(title.as_str()));
    }
    let mut rest = card.lines.iter().filter(|line| !is_label(line) && card.title.as_ref() != Some(line));
    let mut put = |name: &str, value: &str| {
        if !value.trim().is_empty() && !told.contains_key(name) {
            told.insert(name.to_owned(), Value::from(value.trim()));
        }
    };
    let mut company: Option<String> = None;
    let mut place: Option<String> = None;
    // Only the first short line after the employer can be the place: badges follow it.
    let mut after = 0;
    for line in rest.by_ref() {
        let long = line.chars().count() > SHORT;
        if !long && is_age(line) {
            put("age", line);
        } else if !long && is_pay(line) {
            put("salary", line);
        } else if is_rating(line) {
        } else if long || (company.is_some() && line.ends_with(['…', '.']) && line.chars().count() > 30) {
            put("snippet", line);
        } else if company.is_none() {
            (company, place) = employer(line, dashed);
        } else {
            after += 1;
            if after == 1 && place.is_none() {
                place = Some(line.clone());
            } else if line.chars().count() > 45 {
                put("snippet", line);
            }
        }
    }
    if place.is_none()
        && let Some((name, city)) = company.as_deref().and_then(|line| line.rsplit_once(" - "))
    {
        (company, place) = (Some(name.to_owned()), Some(city.to_owned()));
    }
    put("company", company.as_deref().unwrap_or_default());
    put("location", place.as_deref().unwrap_or_default());
    told
}

/// The employer, and the place where it stands in the same line.
fn employer(line: &str, dashed: bool) -> (Option<String>, Option<String>) {
    let dot = [" · ", " • ", " | "].into_iter().find_map(|dot| line.split_once(dot));
    let dash = || line.rsplit_once(" - ").or_else(|| line.rsplit_once(" – ")).filter(|_| dashed);
    match dot.or_else(dash) {
        Some((name, rest)) if is_rating(rest) => (Some(name.to_owned()), None),
        Some((name, rest)) => (Some(name.to_owned()), Some(rest.to_owned())),
        None => (Some(line.to_owned()), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_in(link: &str) -> Option<String> {
        link.split_once("job/").map(|(_, id)| id.to_owned())
    }

    fn mail(html: &str) -> Vec<Map<String, Value>> {
        let page = Html::parse_document(html);
        let id_of = |element: &ElementRef<'_>| {
            let link = element.attr("href")?;
            id_in(link).map(|id| (id, link.to_owned()))
        };
        let cards = of_page(&page, Reach::Mail, id_of);
        cards.iter().map(|card| fields(card, false, |line| line.ends_with("ago"))).collect()
    }

    fn text<'m>(told: &'m Map<String, Value>, name: &str) -> &'m str {
        told.get(name).and_then(Value::as_str).unwrap_or("-")
    }

    #[test]
    fn a_card_is_read_whether_the_link_wraps_it_or_its_title_or_stands_on_a_button() {
        let wrapped = |id: u8, title: &str| {
            format!(
                "<tr><td><a href='http://b/job/{id}'><table><tr><td><a href='http://b/job/{id}'>{title}</a></td></tr>\
                <tr><td>Acme {id}</td><td>3.5</td></tr><tr><td>Oslo</td></tr><tr><td>$10 an hour</td></tr></table></a></td></tr>"
            )
        };
        let titled = |id: u8, title: &str| {
            format!(
                "<tr><td><a href='http://b/job/{id}'><img alt=Logo></a></td><td><a href='http://b/job/{id}'>{title}</a>\
                <p>Acme {id} · Oslo</p><p>$10 an hour</p></td></tr>"
            )
        };
        let button = |id: u8, title: &str| {
            format!(
                "<tr><td>{title}<br>Acme {id}<br>Oslo<br>$10 an hour<br><a href='http://b/job/{id}'>Ver tudo</a></td></tr>"
            )
        };
        for form in [&wrapped as &dyn Fn(u8, &str) -> String, &titled, &button] {
            let page = format!("<table>{}{}</table><a href='#'>Stop</a>", form(1, "Nurse"), form(2, "Nurse"));
            let told = mail(&page);
            let read: Vec<_> = told
                .iter()
                .map(|told| ["title", "company", "location", "salary"].map(|name| text(told, name)))
                .collect();
            assert_eq!(
                read,
                [["Nurse", "Acme 1", "Oslo", "$10 an hour"], ["Nurse", "Acme 2", "Oslo", "$10 an hour"]],
                "{page}"
            );
        }
    }

    #[test]
    fn a_single_card_ends_where_other_links_begin() {
        let told = mail(
            "<div><div><h2>Your alert</h2></div><div><a href='http://b/job/1'>Nurse</a><p>Acme</p><p>Oslo</p></div>\
             <div><a href='#'>Unsubscribe</a><p>Some Street 1</p></div></div>",
        );
        assert_eq!((text(&told[0], "company"), text(&told[0], "location")), ("Acme", "Oslo"));
        assert_eq!(text(&told[0], "snippet"), "-");
    }

    #[test]
    fn plain_text_is_read_around_preambles_badges_and_rules() {
        let cards = of_text(
            "Your alert for x\nNew jobs match\n\nNurse\nAcme\nOslo\n\nBadge\nView job: https://b/job/1\n\n-----------\n\n\
             Cook\nBeta\nBergen\nOne badge\nTwo\nView job: https://b/job/2\n\nAgain: https://b/job/1\nStop: https://b/stop\n",
            id_in,
        );
        let told: Vec<_> = cards.iter().map(|card| fields(card, false, |_| false)).collect();
        assert_eq!(["title", "company", "location"].map(|name| text(&told[0], name)), ["Nurse", "Acme", "Oslo"]);
        assert_eq!(["title", "company", "location"].map(|name| text(&told[1], name)), ["Cook", "Beta", "Bergen"]);
        assert_eq!(cards.len(), 2);
    }

    #[test]
    fn an_employer_and_a_place_may_share_a_line() {
        let cards =
            of_text("Cook\nA - B Ltd - Bergen\nGood food every day for all…\n2 days ago\nhttps://b/job/2", id_in);
        let told = fields(&cards[0], true, |line| line.ends_with("ago"));
        assert_eq!(["company", "location", "age"].map(|name| text(&told, name)), ["A - B Ltd", "Bergen", "2 days ago"]);
    }
}
