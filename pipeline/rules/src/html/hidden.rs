//! Elements that no reader sees: where stuffed keywords and orders to a model hide.

/// What a start tag says about being seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sight {
    /// It and what it holds are not shown.
    pub hidden: bool,
    /// It is shown, yet not meant for all: `aria-hidden`, or white letters on an unknown ground.
    pub doubtful: bool,
}

/// The style that was read last: pages repeat the same few.
#[derive(Debug, Default)]
pub(super) struct Styles<'a> {
    last: &'a [u8],
    sight: Sight,
}

impl<'a> Styles<'a> {
    /// Takes one attribute: `name` is what stands before its `=` (its end is enough), `value` what is between its quotes.
    #[inline]
    pub fn attribute(&mut self, name: &[u8], value: &'a [u8], sight: &mut Sight) {
        // Most attributes are neither, which their last letter tells.
        if !matches!(name.last(), Some(b'e' | b'E' | b'n' | b'N' | b' ' | b'\n' | b'\t')) {
            return;
        }
        if name.ends_with(b"style") || ends_with(name, b"style") {
            if value.len() != self.last.len() || value != self.last {
                (self.last, self.sight) = (value, style(value));
            }
            sight.hidden |= self.sight.hidden;
            sight.doubtful |= self.sight.doubtful;
        } else if ends_with(name, b"aria-hidden") {
            sight.doubtful |= value.eq_ignore_ascii_case(b"true");
        } else if ends_with(name, b"hidden") && !name.ends_with(b"-hidden") {
            sight.hidden = true;
        }
    }
}

/// Whether the attributes in `tag`, which hold no quotes, name `hidden`.
pub(super) fn is_bare_hidden(tag: &[u8]) -> bool {
    tag.len() >= 6
        && tag
            .split(|byte| byte.is_ascii_whitespace() || *byte == b'/')
            .any(|word| word.eq_ignore_ascii_case(b"hidden"))
}

fn ends_with(name: &[u8], end: &[u8]) -> bool {
    let name = name.trim_ascii_end();
    let from = name.len().checked_sub(end.len());
    from.is_some_and(|from| name[from..].eq_ignore_ascii_case(end))
}

/// Longest style that is read, in bytes.
const LONGEST: usize = 1_024;

fn style(value: &[u8]) -> Sight {
    let value = &value[..value.len().min(LONGEST)];
    let small: Vec<u8> = value.iter().filter(|byte| !byte.is_ascii_whitespace()).map(u8::to_ascii_lowercase).collect();
    let (mut hidden, mut white, mut ground) = (false, false, None);
    for declaration in small.split(|byte| *byte == b';') {
        let Some(colon) = declaration.iter().position(|byte| *byte == b':') else { continue };
        let (name, said) = (&declaration[..colon], &declaration[colon + 1..]);
        let said = said.strip_suffix(b"!important").unwrap_or(said);
        match name {
            b"display" => hidden |= said == b"none",
            b"visibility" => hidden |= matches!(said, b"hidden" | b"collapse"),
            b"opacity" => hidden |= matches!(said, b"0" | b"0.0" | b"0%"),
            b"font-size" => hidden |= is_nothing(said),
            b"text-indent" | b"left" | b"top" | b"margin-left" => hidden |= is_far_away(said),
            b"color" => white = is_white(said),
            b"background" | b"background-color" => ground = Some(is_white(said)),
            _ => {}
        }
    }
    Sight { hidden: hidden || white && ground == Some(true), doubtful: white && ground.is_none() }
}

/// `0`, `0px`, `0.1em`, `1px`: letters that no one can read.
fn is_nothing(size: &[u8]) -> bool {
    let digits = size.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    let number: Option<f64> = std::str::from_utf8(&size[..digits]).ok().and_then(|digits| digits.parse().ok());
    let most = match &size[digits..] {
        b"px" | b"pt" => 1.0,
        b"%" => 5.0,
        _ => 0.05,
    };
    number.is_some_and(|number| number <= most)
}

/// Thousands of pixels to the left or above the page.
fn is_far_away(length: &[u8]) -> bool {
    let digits =
        length.strip_prefix(b"-").map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    digits >= 4 || digits == 3 && matches!(&length[4..], b"em" | b"%")
}

fn is_white(colour: &[u8]) -> bool {
    matches!(
        colour,
        b"white"
            | b"#fff"
            | b"#ffffff"
            | b"rgb(255,255,255)"
            | b"rgba(255,255,255,1)"
            | b"transparent"
            | b"rgba(0,0,0,0)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_that_hide_are_known_and_others_not() {
        for hides in [
            "display:none",
            "Display : NONE !important",
            "visibility: hidden",
            "opacity:0",
            "font-size:0",
            "font-size: 1px",
            "text-indent:-9999px",
            "color:#FFF;background:white",
        ] {
            assert!(style(hides.as_bytes()).hidden, "{hides}");
        }
        for shows in [
            "display:block",
            "font-size:0.9em",
            "font-size:12px",
            "opacity:0.8",
            "color:#333;background:#fff",
            "margin-left:-40px",
            "min-height:1.5em",
        ] {
            assert_eq!(style(shows.as_bytes()), Sight::default(), "{shows}");
        }
        assert!(style(b"color:white").doubtful);
    }
}
