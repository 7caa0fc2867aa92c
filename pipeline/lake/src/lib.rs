//! The lake: Delta tables on any object store, written one partition at a time.
//!
//! Data files are named by the hash of their bytes. So writing the same rows again changes nothing, not even the log,
//! and a write that was cut off is taken up by the next one: the file that lies there already is the one it would write.

mod builder;
pub mod column;
mod commit;
mod encode;
mod hash;
mod ordered;
mod packed;
mod read;
mod scratch;
mod shuffle;
mod table;
mod upload;
mod view;
mod write;

pub use hash::{TableHash, hash_batches};
pub use packed::Packing;
pub use read::{BatchStream, rows};
pub use scratch::Scratch;
pub use shuffle::{Segment, Shuffle, Shuffled};
pub use table::{Lake, LakeFile, LakeTable};
pub use write::{Commit, Mode, PartitionWriter};
