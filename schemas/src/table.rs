//! How a table is declared, and the row type that follows from the declaration.

use std::fmt;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};

use crate::cell::Kind;

/// A table as declared by [`table!`](crate::table!).
#[derive(Debug)]
pub struct Table {
    /// Its name, also its folder in the lake.
    pub name: &'static str,
    /// One sentence: what a row is.
    pub purpose: &'static str,
    /// Its columns in order.
    pub columns: &'static [Column],
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// The columns that a partition is made of; a stage replaces one partition in one commit.
    pub partition: &'static [&'static str],
}

/// One column of a [`Table`].
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null ("unknown").
    pub nullable: bool,
    /// What it means, with units.
    pub doc: &'static str,
}

/// The values of a table's partition columns, in the order of [`Table::partition`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(pub Vec<String>);

impl Partition {
    /// A partition from the values of its columns.
    pub fn of<T: ToString>(values: impl IntoIterator<Item = T>) -> Self {
        Self(values.into_iter().map(|value| value.to_string()).collect())
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("/"))
    }
}

impl Table {
    /// The whole Arrow schema, partition columns included.
    pub fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.columns.iter().map(Column::field).collect::<Vec<_>>()))
    }

    /// The schema of the data files: everything but the partition columns.
    pub fn file_schema(&self) -> SchemaRef {
        let columns = self.columns.iter().filter(|column| !self.partition.contains(&column.name));
        Arc::new(Schema::new(columns.map(Column::field).collect::<Vec<_>>()))
    }

    /// The column called `name`.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Column {
    /// The Arrow field of this column.
    pub fn field(&self) -> Field {
        Field::new(self.name, self.kind.data_type(), self.nullable)
    }
}

/// A row of a declared table.
pub trait Row: Sized + Send + Sync + 'static {
    /// The table that it is a row of.
    const TABLE: &'static Table;

    /// `rows` as a record batch with [`Table::schema`].
    ///
    /// # Errors
    /// When the arrays do not fit the schema, which only a wrong declaration can cause.
    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError>;

    /// The rows of `batch`, whose columns are found by name.
    ///
    /// # Errors
    /// When a column is missing, has another type, or holds a null where none may be.
    fn rows(batch: &RecordBatch) -> Result<Vec<Self>, RowError>;
}

/// Why a record batch could not be read as rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The table whose rows were wanted.
    pub table: &'static str,
    /// The column that did not fit.
    pub column: &'static str,
    /// The row at which it did not fit; `None` when the column is missing.
    pub row: Option<usize>,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => {
                write!(f, "column {} of table {} has an unreadable value in row {row}", self.column, self.table)
            }
            None => write!(f, "column {} of table {} is missing", self.column, self.table),
        }
    }
}

impl std::error::Error for RowError {}

/// Declares a table and its row type in one place.
#[macro_export]
macro_rules! table {
    (
        #[doc = $purpose:literal]
        $row:ident = $name:literal, key [$($key:ident),+], partition [$($partition:ident),*];
        $( #[doc = $doc:literal] $column:ident: $type:ty, )+
    ) => {
        #[doc = $purpose]
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $row {
            $( #[doc = $doc] pub $column: $type, )+
        }

        impl $crate::Row for $row {
            const TABLE: &'static $crate::Table = &$crate::Table {
                name: $name,
                purpose: $purpose,
                columns: &[
                    $( $crate::Column {
                        name: stringify!($column),
                        kind: <$type as $crate::Cell>::KIND,
                        nullable: <$type as $crate::Cell>::NULLABLE,
                        doc: $doc,
                    }, )+
                ],
                key: &[$( stringify!($key) ),+],
                partition: &[$( stringify!($partition) ),*],
            };

            fn batch(rows: &[Self]) -> Result<arrow_array::RecordBatch, arrow_schema::ArrowError> {
                arrow_array::RecordBatch::try_new(
                    Self::TABLE.schema(),
                    vec![ $( <$type as $crate::Cell>::array(rows.iter().map(|row| &row.$column)), )+ ],
                )
            }

            fn rows(batch: &arrow_array::RecordBatch) -> Result<Vec<Self>, $crate::RowError> {
                let error = |column, row| $crate::RowError { table: $name, column, row };
                $( let $column = batch
                    .column_by_name(stringify!($column))
                    .ok_or_else(|| error(stringify!($column), None))?; )+
                (0..batch.num_rows())
                    .map(|row| Ok(Self {
                        $( $column: <$type as $crate::Cell>::read($column.as_ref(), row)
                            .ok_or_else(|| error(stringify!($column), Some(row)))?, )+
                    }))
                    .collect()
            }
        }
    };
}
