//! Paths into a feed's items: elements of XML or keys of JSON, as one notation.
//!
//! `a/b` is an element in another (or a key in an object), `a/b@c` an attribute, `@c` one of the item itself; `/a/b` starts
//! at the outermost element instead of the item. `n:a` is the element with that prefix as written, `*:a` one of any
//! prefix or none, in capitals or not. `a[@k=v]` and `a[k=v]` are the `a` whose attribute or child `k` says `v`; an empty
//! `v` stands for a `k` that is not there. What repeats gives several values.

use pipeline_core::{Error, Result, read};
use serde_json::Value;

use crate::sources::xml::{Document, Element};

/// Most values that one path gives of one item.
const MOST_VALUES: usize = 200;

/// A path; see the notation above.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Path {
    /// As written.
    pub text: String,
    absolute: bool,
    steps: Vec<Step>,
    attribute: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    name: Name,
    condition: Option<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
enum Name {
    /// As written, with its prefix.
    Exact(String),
    /// Without regard to prefix and capitals.
    Any(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    of_attribute: bool,
    name: String,
    value: String,
}

/// A place in a feed.
#[derive(Clone, Copy)]
pub(super) enum Node<'d> {
    /// An element of a document.
    Xml(&'d Document<'d>, &'d Element),
    /// A value of JSON.
    Json(&'d Value),
}

/// The parts of `text` between those `separator`s that stand in no brackets.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut start, mut inside) = (Vec::new(), 0, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => inside = true,
            ']' => inside = false,
            _ if letter == separator && !inside => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// `Config` when it is not one.
    pub fn parse(text: &str) -> Result<Self> {
        let unusable = || {
            Error::config(format!("`{}` is no path of a feed", text.escape_debug()))
                .hint("paths look like `title`, `channel/item`, `enclosure@url` or `link[@rel=alternate]@href`")
        };
        let trimmed = text.trim();
        let (steps, attribute) = match split(trimmed, '@').as_slice() {
            [steps] => (*steps, None),
            [steps, attribute] if !attribute.is_empty() => (*steps, Some((*attribute).to_owned())),
            _ => return Err(unusable()),
        };
        let absolute = steps.starts_with('/');
        let steps = steps.strip_prefix('/').unwrap_or(steps);
        let steps: Vec<Step> = match steps {
            "" => Vec::new(),
            steps => split(steps, '/').into_iter().map(Step::parse).collect::<Option<_>>().ok_or_else(unusable)?,
        };
        if steps.is_empty() && attribute.is_none() {
            return Err(unusable());
        }
        Ok(Self { text: trimmed.to_owned(), absolute, steps, attribute })
    }

    /// The places that it leads to from `item`, or from `root` when it is absolute.
    pub fn nodes<'d>(&self, root: Node<'d>, item: Node<'d>) -> Vec<Node<'d>> {
        walk(&self.steps, if self.absolute { root } else { item })
    }

    /// The places above the ones that [`Self::nodes`] finds.
    pub fn parents<'d>(&self, root: Node<'d>) -> Vec<Node<'d>> {
        walk(self.steps.split_last().map_or(&[][..], |(_, above)| above), root)
    }

    /// The values that it leads to; words with markup are kept as such when `rich`.
    pub fn values(&self, root: Node<'_>, item: Node<'_>, rich: bool) -> Vec<Value> {
        let nodes = self.nodes(root, item).into_iter().take(MOST_VALUES);
        let value = |node: Node<'_>| match &self.attribute {
            Some(name) => node.attribute(name).and_then(read::filled).map(Value::from),
            None => node.value(rich),
        };
        nodes.filter_map(value).collect()
    }
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        let (name, condition) = match text.split_once('[') {
            Some((name, rest)) => (name, Some(Condition::parse(rest.strip_suffix(']')?)?)),
            None => (text, None),
        };
        let name = name.trim();
        if name.is_empty() || name.contains(']') {
            return None;
        }
        let name = match name.strip_prefix("*:") {
            Some(local) => Name::Any(local.to_ascii_lowercase()),
            None => Name::Exact(name.to_owned()),
        };
        Some(Self { name, condition })
    }

    fn is(&self, name: &str) -> bool {
        match &self.name {
            Name::Exact(exact) => exact == name,
            Name::Any(local) => name.rsplit(':').next().is_some_and(|found| found.eq_ignore_ascii_case(local)),
        }
    }
}

impl Condition {
    fn parse(text: &str) -> Option<Self> {
        let (name, value) = text.split_once('=')?;
        let value = value.trim().trim_matches(['\'', '"']).to_owned();
        let (name, of_attribute) = match name.trim().strip_prefix('@') {
            Some(name) => (name, true),
            None => (name.trim(), false),
        };
        (!name.is_empty()).then(|| Self { of_attribute, name: name.to_owned(), value })
    }

    fn holds(&self, node: Node<'_>) -> bool {
        let found = match node {
            Node::Xml(_, element) if !self.of_attribute => element.child(&self.name).map(|child| child.text.trim()),
            node => node.attribute(&self.name),
        };
        found.unwrap_or_default() == self.value
    }
}

impl<'d> Node<'d> {
    fn attribute(self, name: &str) -> Option<&'d str> {
        match self {
            Node::Xml(_, element) => {
                element.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
            }
            Node::Json(value) => value.get(name)?.as_str(),
        }
    }

    /// What it says, unless that is nothing.
    fn value(self, rich: bool) -> Option<Value> {
        let text = match self {
            Node::Json(value @ (Value::Number(_) | Value::Bool(_))) => return Some(value.clone()),
            Node::Json(value) => value.as_str().and_then(read::filled)?,
            Node::Xml(document, element) if rich && !element.children.is_empty() => {
                read::filled(document.inner(element))?
            }
            Node::Xml(_, element) => read::filled(&element.words())?,
        };
        Some(Value::from(text))
    }

    /// What it is below itself by this step; the items of a list of JSON count one by one.
    fn below(self, step: &Step, found: &mut Vec<Self>) {
        match self {
            Node::Xml(document, element) => {
                let children = element.children.iter().filter(|child| step.is(&child.name));
                found.extend(children.map(|child| Node::Xml(document, child)));
            }
            Node::Json(Value::Object(object)) => {
                for (_, value) in object.iter().filter(|(name, _)| step.is(name)) {
                    match value {
                        Value::Array(list) => found.extend(list.iter().map(Node::Json)),
                        value => found.push(Node::Json(value)),
                    }
                }
            }
            Node::Json(_) => {}
        }
    }
}

fn walk<'d>(steps: &[Step], from: Node<'d>) -> Vec<Node<'d>> {
    steps.iter().fold(vec![from], |nodes, step| {
        let mut found = Vec::new();
        nodes.into_iter().for_each(|node| node.below(step, &mut found));
        found.retain(|node| step.condition.as_ref().is_none_or(|condition| condition.holds(*node)));
        found
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sources::xml;

    fn found(path: &str) -> Vec<Value> {
        let text = "<feed><t>All</t><e n='1'><n:t>One <i>x</i></n:t><l rel='self' href='s'/><l href='a'/>\
                    <c><k>p</k><v>1</v></c><c><k>q</k><v>2</v></c></e></feed>";
        let document = xml::parse(text.as_bytes()).expect("is XML");
        let root = Node::Xml(&document, &document.root);
        let item = Path::parse("e").expect("is a path").nodes(root, root).remove(0);
        Path::parse(path).expect("is a path").values(root, item, false)
    }

    #[test]
    fn every_part_of_the_notation_leads_where_it_says() {
        for (path, value) in [
            ("@n", json!(["1"])),
            ("n:t", json!(["One x"])),
            ("t", json!([])),
            ("*:T", json!(["One x"])),
            ("/t", json!(["All"])),
            ("l@href", json!(["s", "a"])),
            ("l[@rel=self]@href", json!(["s"])),
            ("l[@rel=]@href", json!(["a"])),
            ("c/v", json!(["1", "2"])),
            ("c[k=q]/v", json!(["2"])),
            ("c[k='r/@x']/v", json!([])),
        ] {
            assert_eq!(Value::from(found(path)), value, "{path}");
        }
    }

    #[test]
    fn the_same_notation_reads_json() {
        let value = json!({"items": [{"a": {"b": ["x", 2, null, true]}}]});
        let root = Node::Json(&value);
        let item = Path::parse("items").expect("is a path").nodes(root, root).remove(0);
        let values = Path::parse("a/b").expect("is a path").values(root, item, false);
        assert_eq!(values, [json!("x"), json!(2), json!(true)]);
    }

    #[test]
    fn words_with_markup_are_kept_when_asked_for() {
        let document = xml::parse(b"<a><d><p>x &amp; y</p></d></a>").expect("is XML");
        let root = Node::Xml(&document, &document.root);
        let path = Path::parse("d").expect("is a path");
        assert_eq!(path.values(root, root, true), [json!("<p>x &amp; y</p>")]);
        assert_eq!(path.values(root, root, false), [json!("x & y")]);
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "/", "a//b", "a@", "a@b@c", "a[b", "a[b]", "a]b", "@"] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
