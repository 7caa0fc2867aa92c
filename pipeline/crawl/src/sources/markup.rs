//! Sections of descriptions whose markup a source does not declare.

use pipeline_core::source::{Markup, Section};

use super::json::Fields;

/// How `text` is written, by its looks: tags make it HTML, tags written as entities escaped HTML.
pub(super) fn markup_of(text: &str) -> Markup {
    const TAGS: &[&str] =
        &["p", "br", "li", "ul", "ol", "div", "span", "strong", "b", "h1", "h2", "h3", "h4", "em", "table"];
    let has = |open: &str, closes: &[&str]| {
        text.match_indices(open).any(|(start, _)| {
            let rest = &text[start + open.len()..];
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let after = &rest[end..];
            let closed = after.starts_with([' ', '/', '\n']) || closes.iter().any(|close| after.starts_with(close));
            closed && TAGS.iter().any(|tag| rest[..end].eq_ignore_ascii_case(tag))
        })
    };
    if has("<", &[">"]) {
        Markup::Html
    } else if has("&lt;", &["&gt;"]) || has("&amp;lt;", &["&amp;gt;"]) {
        Markup::EscapedHtml
    } else {
        Markup::Plain
    }
}

/// A section of `body`, stated by `field`, in the markup that it looks like.
pub(super) fn section(field: &str, heading: Option<&str>, body: String) -> Section {
    let markup = markup_of(&body);
    Section { field: field.to_owned(), heading: heading.map(str::to_owned), body, markup }
}

/// The section that the text at `path` makes, if there is one.
pub(super) fn section_at(fields: Fields<'_>, path: &str, heading: Option<&str>) -> Option<Section> {
    fields.text(path).map(|body| section(path, heading, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_by_its_looks() {
        assert_eq!(markup_of("a < b and c > d"), Markup::Plain);
        assert_eq!(markup_of("<p class=\"x\">Hi</p>"), Markup::Html);
        assert_eq!(markup_of("one<br/>two"), Markup::Html);
        assert_eq!(markup_of("&lt;p&gt;Hi&lt;/p&gt;"), Markup::EscapedHtml);
        assert_eq!(markup_of("salary &lt; 50k"), Markup::Plain);
    }
}
