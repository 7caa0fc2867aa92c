//! The mapping of a feed: which of its elements are items, and where each field of a posting stands in one.
//!
//! ```toml
//! [feed]
//! item = "channel/item"              # the items, below the outermost element; `items` for JSON that is one list
//! root = "rss"                       # what the outermost element must be; left out, anything
//! title_form = "{company}: {title}"  # how titles are put together, of {title}, {company} and {location}
//! author = "dc:creator"              # who stands in for the employer where none is named
//! always = ["title", "url"]          # fields that every feed has: told when no item has one (these are the default)
//!
//! [fields]                           # field = path, or several of which the first that is filled counts
//! id = "guid | link"                 # `|` divides alternatives too
//! title = "title"
//! company = "/channel/title"
//! description = ["summary", "content:encoded | description"] # all that are filled count, in order
//! image = "enclosure@url"
//! ```
//!
//! Paths are written as in [`super::path`]. All else, as `[values]`, `[defaults]` (constants) and `[options]`, and the names
//! of fields, is that of other mappings: see [`crate::sources::mapping`].

use pipeline_core::source::{Finding, OnDrift, RawPlace, RawPosting, Record, Rejection};
use pipeline_core::{Error, Result};
use serde_json::{Map, Value};
use toml::Table;

use super::path::{self, Node, Path};
use crate::sources::mapping::{Mapping, check_keys, text_of, texts_of, wrong_type};

/// The warning on a posting whose employer is known only as the author of the item.
const COMPANY_FROM_AUTHOR: &str = "company-from-author";
/// The warning on a posting whose title is not put together as the mapping says.
const TITLE_UNSPLIT: &str = "title-unsplit";
/// The warning on a posting one of whose links is no address of the web.
const URL_UNUSABLE: &str = "url-unusable";
/// What the parts of a title are called.
const TITLE_PARTS: [&str; 3] = ["title", "company", "location"];

/// The mapping of a feed.
#[derive(Debug)]
pub(super) struct Form {
    mapping: Mapping,
    item: Path,
    root: Option<String>,
    fields: Vec<Mapped>,
    author: Vec<Path>,
    title: Option<TitleForm>,
    always: Vec<String>,
}

/// Where one field stands: each of the groups gives at most one value, of its first path that is filled.
#[derive(Debug)]
struct Mapped {
    field: String,
    groups: Vec<Vec<Path>>,
}

impl Form {
    /// Reads the mapping of a feed from TOML.
    ///
    /// # Errors
    /// `Config` when it is no TOML, has an unknown key or a value of the wrong type, or maps no title.
    pub fn parse(text: &str) -> Result<Self> {
        let mut table: Table =
            text.parse().map_err(|error: toml::de::Error| Error::config("the mapping is not TOML").because(error))?;
        let feed = match table.remove("feed") {
            Some(toml::Value::Table(feed)) => feed,
            Some(_) => return Err(wrong_type("feed", "a table")),
            None => return Err(Error::config("the mapping has no [feed]").hint("add `[feed]` with `item = \"…\"`")),
        };
        check_keys(&feed, "[feed] of the mapping", &["item", "root", "title_form", "author", "always"])?;
        let fields = mapped(&mut table)?;
        if !table.contains_key("name") {
            table.insert("name".to_owned(), "feed".into());
        }
        let text = |key: &str| feed.get(key).map(|value| text_of(value, &format!("feed.{key}"))).transpose();
        let item = text("item")?.ok_or_else(|| Error::config("[feed] of the mapping has no item"))?;
        let always = feed.get("always").map(|value| texts_of(value, "feed.always")).transpose()?;
        let always = always.unwrap_or_else(|| vec!["title".to_owned(), "url".to_owned()]);
        Ok(Self {
            mapping: Mapping::of_table(&table)?,
            item: Path::parse(&item)?,
            root: text("root")?,
            author: text("author")?.map_or_else(|| Ok(Vec::new()), |author| group(&author))?,
            title: text("title_form")?.map(|form| TitleForm::parse(&form)).transpose()?,
            fields,
            always,
        })
    }

    /// The items of the feed whose outermost place is `root`, called `name`.
    ///
    /// # Errors
    /// A sentence when that is not the feed that the mapping is for.
    pub fn items<'d>(&self, root: Node<'d>, name: &str) -> std::result::Result<Vec<Node<'d>>, String> {
        if let Some(due) = self.root.as_ref().filter(|due| *due != name) {
            return Err(format!("the root should be `{due}` and is `{name}`"));
        }
        let items = self.item.nodes(root, root);
        if items.is_empty() && self.item.parents(root).is_empty() {
            return Err(format!("the feed has nothing that could hold `{}`", self.item.text));
        }
        Ok(items)
    }

    /// What each of `items` means.
    pub fn records(&self, root: Node<'_>, items: &[Node<'_>]) -> Vec<Record> {
        items.iter().map(|item| self.record(root, *item)).collect()
    }

    fn record(&self, root: Node<'_>, item: Node<'_>) -> Record {
        match self.mapping.read(&self.row(root, item)) {
            Record::Posting(mut posting) => {
                self.complete(&mut posting, root, item);
                Record::Posting(posting)
            }
            Record::Rejected(rejection) => Record::Rejected(Rejection { payload: written(item), ..rejection }),
        }
    }

    /// The values of `item` by their paths, as the mapping reads them.
    fn row(&self, root: Node<'_>, item: Node<'_>) -> Value {
        let mut row = Map::new();
        for Mapped { field, groups } in &self.fields {
            for group in groups {
                let rich = field == "description";
                let filled = group.iter().map(|path| (path, path.values(root, item, rich)));
                let Some((path, values)) = filled.into_iter().find(|(_, values)| !values.is_empty()) else { continue };
                row.insert(path.text.clone(), one(values, rich));
            }
        }
        Value::Object(row)
    }

    /// What the mapping of columns does not know: the parts of titles, authors and the addresses that may be followed.
    fn complete(&self, posting: &mut RawPosting, root: Node<'_>, item: Node<'_>) {
        if let Some(form) = &self.title {
            form.take_apart(posting);
        }
        if posting.company.is_none() {
            let authors = self.author.iter().flat_map(|path| path.values(root, item, false));
            let names = authors.filter_map(|author| author.as_str().map(str::to_owned));
            // An address is a person's, not an employer.
            posting.company = names.into_iter().find(|name| !name.contains('@'));
            if posting.company.is_some() {
                posting.warnings.push(COMPANY_FROM_AUTHOR);
            }
        }
        for url in [&mut posting.url, &mut posting.apply_url] {
            let web = |url: &String| url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
            if url.as_ref().is_some_and(|url| !web(url)) {
                *url = None;
                posting.warnings.push(URL_UNUSABLE);
            }
        }
    }

    /// The fields that every feed of this form has and none of `items` has.
    pub fn vanished(&self, root: Node<'_>, items: &[Node<'_>]) -> Vec<Finding> {
        let records = items.len() as u64;
        let due = self.fields.iter().filter(|mapped| records > 0 && self.always.contains(&mapped.field));
        let says = |mapped: &&Mapped| {
            let mut paths = mapped.groups.iter().flatten();
            paths.any(|path| items.iter().any(|item| !path.values(root, *item, false).is_empty()))
        };
        let gone = due.filter(|mapped| !says(mapped)).map(|mapped| {
            let paths: Vec<&str> = mapped.groups.iter().flatten().map(|path| path.text.as_str()).collect();
            Finding {
                field: mapped.field.clone(),
                rule: "field-vanished",
                policy: OnDrift::DiscardValue,
                records,
                example: format!("due: {}", paths.join(" | ")),
            }
        });
        gone.collect()
    }
}

/// Takes the `[fields]` out of `table` and leaves columns of the paths that stand in them.
fn mapped(table: &mut Table) -> Result<Vec<Mapped>> {
    let fields = match table.remove("fields") {
        Some(toml::Value::Table(fields)) => fields,
        Some(_) => return Err(wrong_type("fields", "a table")),
        None => return Err(Error::config("the mapping has no [fields]").hint("add `[fields]` with `title = \"…\"`")),
    };
    let mut columns = Table::new();
    let mut all = Vec::new();
    for (field, value) in fields {
        let written = texts_of(&value, &format!("fields.{field}"))?;
        let groups: Vec<Vec<Path>> = written.iter().map(|text| group(text)).collect::<Result<_>>()?;
        let paths = groups.iter().flatten().map(|path| toml::Value::from(path.text.as_str()));
        columns.insert(field.clone(), toml::Value::Array(paths.collect()));
        all.push(Mapped { field, groups });
    }
    table.insert("columns".to_owned(), toml::Value::Table(columns));
    Ok(all)
}

/// The paths of which the first that is filled counts.
fn group(text: &str) -> Result<Vec<Path>> {
    path::split(text, '|').into_iter().map(Path::parse).collect()
}

/// One value, or a list of several; `rich` ones are put below each other.
fn one(mut values: Vec<Value>, rich: bool) -> Value {
    if rich && values.len() > 1 {
        let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        return Value::from(texts.join("\n\n"));
    }
    match values.len() {
        1 => values.swap_remove(0),
        _ => Value::Array(values),
    }
}

fn written(item: Node<'_>) -> String {
    let text = match item {
        Node::Xml(document, element) => document.outer(element).to_owned(),
        Node::Json(value) => value.to_string(),
    };
    Rejection::new("", "", &text).payload
}

/// How titles are put together: their parts, and what stands between them.
#[derive(Debug, PartialEq)]
struct TitleForm {
    parts: Vec<&'static str>,
    between: Vec<String>,
}

impl TitleForm {
    /// Reads a form such as `{company}: {title}`.
    fn parse(text: &str) -> Result<Self> {
        let unusable = || {
            Error::config(format!("feed.title_form of the mapping cannot be `{}`", text.escape_debug()))
                .hint("write it like \"{company}: {title}\" or \"{title} at {company}\"")
        };
        let mut form = Self { parts: Vec::new(), between: Vec::new() };
        let mut rest = text;
        while let Some(inner) = rest.strip_prefix('{') {
            let (name, after) = inner.split_once('}').ok_or_else(unusable)?;
            let part = TITLE_PARTS.into_iter().find(|part| *part == name).ok_or_else(unusable)?;
            let (between, next) = after.split_at(after.find('{').unwrap_or(after.len()));
            if form.parts.contains(&part) || between.is_empty() != next.is_empty() {
                return Err(unusable());
            }
            form.parts.push(part);
            if !between.is_empty() {
                form.between.push(between.to_owned());
            }
            rest = next;
        }
        let usable = rest.is_empty() && form.parts.contains(&"title") && form.parts.len() > 1;
        if usable { Ok(form) } else { Err(unusable()) }
    }

    /// Divides the title of `posting`; what its own fields say of employer and place stays.
    fn take_apart(&self, posting: &mut RawPosting) {
        let whole = std::mem::take(&mut posting.title);
        let Some(parts) = self.parts_of(&whole) else {
            posting.title = whole;
            posting.warnings.push(TITLE_UNSPLIT);
            return;
        };
        for (part, text) in self.parts.iter().zip(parts) {
            match *part {
                "title" => text.clone_into(&mut posting.title),
                "company" if posting.company.is_none() => posting.company = Some(text.to_owned()),
                "location" if posting.places.is_empty() => posting.places = vec![RawPlace::text(text, "title")],
                _ => {}
            }
        }
    }

    /// The parts of `whole`. A title may hold what stands between parts, so that it gets all that is left over.
    fn parts_of<'t>(&self, whole: &'t str) -> Option<Vec<&'t str>> {
        let title = self.parts.iter().position(|part| *part == "title")?;
        let (before, after) = self.between.split_at(title);
        let mut rest = whole;
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for separator in before {
            let (part, more) = rest.split_once(separator.as_str())?;
            head.push(part);
            rest = more;
        }
        for separator in after.iter().rev() {
            let (more, part) = rest.rsplit_once(separator.as_str())?;
            tail.push(part);
            rest = more;
        }
        head.push(rest);
        head.extend(tail.into_iter().rev());
        let parts: Vec<&str> = head.into_iter().map(str::trim).collect();
        parts.iter().all(|part| !part.is_empty()).then_some(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(form: &str, title: &str) -> Option<Vec<String>> {
        let form = TitleForm::parse(form).expect("is a form");
        form.parts_of(title).map(|parts| parts.into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn a_title_is_divided_and_keeps_separators_of_its_own() {
        let some = |parts: &[&str]| Some(parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(parts("{company}: {title}", "Acme: Engineer: Data"), some(&["Acme", "Engineer: Data"]));
        assert_eq!(parts("{title} at {company}", "Look at Maps at Acme"), some(&["Look at Maps", "Acme"]));
        assert_eq!(
            parts("{company} - {title} - {location}", "Acme - Dev - Ops - Oslo"),
            some(&["Acme", "Dev - Ops", "Oslo"])
        );
        assert_eq!(parts("{company}: {title}", "Engineer"), None);
        assert_eq!(parts("{company}: {title}", ": Engineer"), None);
    }

    #[test]
    fn a_form_of_titles_that_cannot_be_used_is_refused() {
        for form in ["", "title", "{title}", "{company}{title}", "{company}: {titel}", "{title}: {title}", "{title} x"]
        {
            assert!(TitleForm::parse(form).is_err(), "{form}");
        }
    }

    #[test]
    fn an_unusable_mapping_is_refused_with_what_is_wrong() {
        let error = |text: &str| Form::parse(text).expect_err("is refused").chain();
        assert!(error("x").contains("TOML"));
        assert!(error("[fields]\ntitle='t'").contains("[feed]"));
        assert!(error("[feed]\nitem='i'").contains("[fields]"));
        assert!(error("[feed]\nitem='i'\nitme='x'\n[fields]\ntitle='t'").contains("itme"));
        assert!(error("[feed]\nitem='i'\n[fields]\ntitle='t'\nsallary='x'").contains("sallary"));
        assert!(error("[feed]\nitem='i'\n[fields]\nid='t'").contains("title"));
        assert!(error("[feed]\nitem='a//b'\n[fields]\ntitle='t'").contains("a//b"));
    }
}
