//! JSON lines, as `waypost export` writes them, as rows of a table: each value goes from the text straight into its column.

use std::fmt;

use arrow_array::RecordBatch;
use pipeline_core::error::Context as _;
use pipeline_core::{Error, ErrorKind, Result};
use schemas::{Day, Kind, Micros, Table};
use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::builder::Builder;

/// Collects lines as rows of one table.
pub struct Lines {
    spec: &'static Table,
    builders: Vec<Builder>,
    rows: usize,
}

impl Lines {
    /// No rows of `spec` yet.
    pub fn new(spec: &'static Table) -> Self {
        let builders = spec.columns.iter().map(|column| Builder::new(column.kind)).collect();
        Self { spec, builders, rows: 0 }
    }

    /// Rows so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds one line: an object whose members are columns, in any order; a column that may be null can be missing. Times and days
    /// are in their text forms, bytes hexadecimal, and a column of JSON holds a text, or any other JSON, which becomes compact text.
    ///
    /// # Errors
    /// `Invalid` when it is no such object. What was collected is spoilt then.
    pub fn add(&mut self, line: &[u8]) -> Result<()> {
        let mut deserializer = serde_json::Deserializer::from_slice(line);
        deserializer
            .deserialize_map(Object { spec: self.spec, builders: &mut self.builders, rows: self.rows })
            .and_then(|()| deserializer.end())
            .context(ErrorKind::Invalid, || format!("line {} is no row of {}", self.rows + 1, self.spec.name))?;
        self.rows += 1;
        Ok(())
    }

    /// The rows since the last time, with the table's whole schema.
    ///
    /// # Errors
    /// `Internal` when they do not fit the declaration.
    pub fn batch(&mut self) -> Result<RecordBatch> {
        let Self { builders, .. } = std::mem::replace(self, Self::new(self.spec));
        let arrays = builders.into_iter().map(Builder::finish).collect();
        RecordBatch::try_new(self.spec.schema(), arrays)
            .map_err(|error| Error::internal(format!("lines do not fit table {}", self.spec.name)).because(error))
    }
}

struct Object<'a> {
    spec: &'static Table,
    builders: &'a mut [Builder],
    rows: usize,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let columns = self.spec.columns;
        // Lines mostly name the columns in order.
        let mut expected = 0;
        while let Some(column) = map.next_key_seed(Name { spec: self.spec, expected })? {
            let Some(index) = column else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.builders[index].len() > self.rows {
                return Err(A::Error::custom(format!("{} stands twice", columns[index].name)));
            }
            map.next_value_seed(Cell { kind: columns[index].kind, builder: &mut self.builders[index] })?;
            if self.builders[index].ends_null() && !columns[index].nullable {
                return Err(A::Error::custom(format!("{} is null", columns[index].name)));
            }
            expected = index + 1;
        }
        for (column, builder) in columns.iter().zip(self.builders) {
            match (builder.len() > self.rows, column.nullable) {
                (true, _) => {}
                (false, true) => builder.add_empty(true),
                (false, false) => return Err(A::Error::custom(format!("{} is missing", column.name))),
            }
        }
        Ok(())
    }
}

/// Reads a member's name as the number of a column.
struct Name {
    spec: &'static Table,
    expected: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        let columns = self.spec.columns;
        if columns.get(self.expected).is_some_and(|column| column.name == name) {
            return Ok(Some(self.expected));
        }
        Ok(columns.iter().position(|column| column.name == name))
    }
}

/// Reads a value into a column.
struct Cell<'a> {
    kind: Kind,
    builder: &'a mut Builder,
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.kind != Kind::Json {
            return deserializer.deserialize_any(self);
        }
        match Value::deserialize(deserializer)? {
            Value::Null => self.visit_unit(),
            Value::String(text) => self.visit_str(&text),
            other => self.visit_str(&other.to_string()),
        }
    }
}

impl<'de> Visitor<'de> for Cell<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value of kind {:?}", self.kind)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.builder.add_empty(true);
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        match self.builder {
            Builder::Text(builder) => builder.append_value(text),
            Builder::Time(builder) => builder.append_value(text.parse::<Micros>().map_err(E::custom)?.0),
            Builder::Day(builder) => builder.append_value(text.parse::<Day>().map_err(E::custom)?.0),
            Builder::Bytes(builder) => builder.append_value(bytes(text).ok_or_else(|| E::custom("no bytes"))?),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Str(text), &self)),
        }
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        let Builder::Bool(builder) = self.builder else {
            return Err(E::invalid_type(serde::de::Unexpected::Bool(value), &self));
        };
        builder.append_value(value);
        Ok(())
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        match self.builder {
            Builder::Int(builder) => builder.append_value(value),
            Builder::Float(builder) => builder.append_value(value as f64),
            _ => return Err(E::invalid_type(serde::de::Unexpected::Signed(value), &self)),
        }
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        let signed =
            i64::try_from(value).map_err(|_| E::invalid_value(serde::de::Unexpected::Unsigned(value), &self))?;
        self.visit_i64(signed)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        let Builder::Float(builder) = self.builder else {
            return Err(E::invalid_type(serde::de::Unexpected::Float(value), &self));
        };
        builder.append_value(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<(), A::Error> {
        let Builder::Texts(builder) = self.builder else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        while sequence.next_element_seed(Element(builder.values()))?.is_some() {}
        builder.append(true);
        Ok(())
    }
}

/// Reads a text of a list.
struct Element<'a>(&'a mut arrow_array::builder::StringBuilder);

impl<'de> DeserializeSeed<'de> for Element<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Element<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.0.append_value(text);
        Ok(())
    }
}

/// The bytes that hexadecimal digits stand for.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use schemas::tables::{ObservationRow, PostingRow};

    use super::*;

    fn read<R: schemas::Row>(lines: &[&str]) -> Result<Vec<R>> {
        let mut all = Lines::new(R::TABLE);
        for line in lines {
            all.add(line.as_bytes())?;
        }
        crate::rows(&all.batch()?)
    }

    #[test]
    fn a_row_comes_back_from_its_line() {
        let row = PostingRow {
            posting_id: "a\"ä\\\n\u{1F600}".to_owned(),
            day: Day(20_000),
            seen_at: Micros(1_795_000_000_000_001),
            latitude: Some(-1.5),
            longitude: Some(7.0),
            places: vec!["x".to_owned(), "y\tz".to_owned()],
            pay_min_minor: Some(i64::MIN),
            pay_predicted: Some(false),
            posted_at: Some(Micros(-1)),
            provenance: schemas::Json("{\"a\":[1,\"b\"]}".to_owned()),
            ..PostingRow::default()
        };
        let mut object = serde_json::to_value(&row).unwrap();
        object["text_sketch"] = "".into();
        let expected = [row.clone(), PostingRow { text_sketch: vec![0, 255], ..row }];
        let first = object.to_string();
        object["text_sketch"] = "00fF".into();
        object["provenance"] = serde_json::json!({"a": [1, "b"]});
        object["unknown"] = serde_json::json!({"deep": []});
        object.as_object_mut().unwrap().remove("role_key");
        assert_eq!(read::<PostingRow>(&[&first, &object.to_string()]).unwrap(), expected);
    }

    #[test]
    fn what_is_no_row_is_told() {
        let good = serde_json::to_string(&ObservationRow::default()).unwrap();
        assert_eq!(read::<ObservationRow>(&[&good]).unwrap(), [ObservationRow::default()]);
        for (part, other) in [
            ("\"record\":0", "\"record\":\"0\""),
            ("\"record\":0", "\"record\":null"),
            ("\"record\":0", "\"other\":0"),
            ("\"record\":0", "\"record\":0,\"record\":1"),
            ("\"record\":0", "\"record\":18446744073709551615"),
            ("\"day\":\"1970-01-01\"", "\"day\":\"1970-13-01\""),
            ("\"listed\":null", "\"listed\":1"),
            ("}", ""),
            ("}", "} {}"),
        ] {
            assert!(good.contains(part));
            let odd = good.replace(part, other);
            assert_eq!(
                read::<ObservationRow>(&[&odd]).err().map(|error| error.kind()),
                Some(ErrorKind::Invalid),
                "{odd}"
            );
        }
        assert!(read::<ObservationRow>(&["[]"]).is_err());
    }
}
