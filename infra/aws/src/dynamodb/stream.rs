//! What changed, from the table's stream.

use std::sync::PoisonError;

use aws_sdk_dynamodbstreams::error::SdkError;
use aws_sdk_dynamodbstreams::operation::get_records::{GetRecordsError, GetRecordsOutput};
use aws_sdk_dynamodbstreams::operation::get_shard_iterator::GetShardIteratorError;
use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record, Shard, ShardIteratorType};
use aws_smithy_types::DateTime;
use pipeline_core::ports::{Change, Changes, Key};
use pipeline_core::{Error, Result};

use super::DynamoDocuments;
use super::item::{PK, SK};
use super::position::{At, Position, REMEMBERED_HOURS};
use super::shards::{follow, readable};
use super::table::{no_stream, stream_of};
use crate::failure::failed;

/// Changes of a piece.
const PIECE: usize = 1_000;
/// How many empty pages in a row are followed at the end of an open shard: there may be records behind a few.
const EMPTY_PAGES: usize = 3;
/// The same within a shard that is closed, which has an end to reach.
const EMPTY_PAGES_CLOSED: usize = 100;
/// How often a place in a shard that cannot be read is looked for anew, in one call.
const LOST_PLACES: usize = 5;
/// A stream that is younger than its table by more seconds has not seen the table's first documents.
const YOUNGER_S: i64 = 60;

/// A piece in the making.
struct Piece {
    position: Position,
    changes: Vec<Change>,
    limit: usize,
    gap: bool,
}

/// What reading a page came to.
enum Read {
    Page(GetRecordsOutput),
    /// The iterator is too old; another has to be asked for.
    Expired,
    /// The place in the shard is remembered no longer.
    Trimmed,
}

impl DynamoDocuments {
    pub(super) async fn read_changes(&self, after: Option<&str>, limit: usize) -> Result<Changes> {
        let after = after.map(Position::parse).transpose()?;
        let table = self.describe().await?.ok_or_else(|| self.missing())?;
        let stream = stream_of(&table).ok_or_else(|| no_stream(&self.table))?;
        let label = table.latest_stream_label().unwrap_or_default();
        let (shards, began) = self.shards(stream).await?;
        let hour = self.clock.now().0.div_euclid(3_600_000_000);
        let beginning = Position { stream: label.to_owned(), hour, ..Position::default() };
        let (mut position, gap) = match after {
            None => (beginning, incomplete(table.creation_date_time(), began.as_ref(), hour)),
            Some(position) if position.stream == label => {
                let outdated = position.outdated(hour);
                (position, outdated)
            }
            Some(_) => (beginning, true),
        };
        position.hour = hour;
        let limit = if limit == 0 { PIECE } else { limit.min(PIECE) };
        let mut piece = Piece { position, changes: Vec::new(), limit, gap };
        piece.gap |= follow(&mut piece.position, &shards);
        let more = self.fill(stream, &shards, &mut piece).await?;
        let next = piece.position.text()?;
        Ok(Changes { changes: piece.changes, next, more, gap: piece.gap })
    }

    /// The shards of a stream, and since when there is one.
    async fn shards(&self, stream: &str) -> Result<(Vec<Shard>, Option<DateTime>)> {
        let (mut shards, mut last) = (Vec::new(), None);
        loop {
            let request = self.streams.describe_stream().stream_arn(stream).set_exclusive_start_shard_id(last);
            let answer = request.send().await.map_err(|error| failed(&self.what("look at the stream of"), error))?;
            let description = answer.stream_description;
            let description = description.ok_or_else(|| Error::internal(self.what("look at the stream of")))?;
            shards.extend(description.shards.unwrap_or_default());
            last = description.last_evaluated_shard_id;
            if last.is_none() {
                return Ok((shards, description.creation_request_date_time));
            }
        }
    }

    /// Reads every shard to its end, parents first, until the piece is full; true when it is.
    async fn fill(&self, stream: &str, shards: &[Shard], piece: &mut Piece) -> Result<bool> {
        let mut done: Vec<String> = Vec::new();
        loop {
            let next = readable(&piece.position, shards).into_iter().find(|id| !done.contains(id));
            let Some(id) = next else { return Ok(false) };
            let closed = shards.iter().find(|shard| shard.shard_id() == Some(&id));
            let closed = closed.and_then(Shard::sequence_number_range);
            let closed = closed.is_some_and(|range| range.ending_sequence_number().is_some());
            self.read_shard(stream, &id, closed, piece).await?;
            if piece.changes.len() >= piece.limit {
                return Ok(true);
            }
            done.push(id);
        }
    }

    async fn read_shard(&self, stream: &str, id: &str, closed: bool, piece: &mut Piece) -> Result<()> {
        let (mut empty, mut lost) = (0, 0);
        let mut iterator = self.remembered(id, &piece.position);
        while piece.changes.len() < piece.limit {
            let at = match iterator.take() {
                Some(iterator) => iterator,
                None => match self.iterator(stream, id, piece).await? {
                    Some(iterator) => iterator,
                    None => return Ok(()),
                },
            };
            let page = match self.page(&at, piece.limit - piece.changes.len()).await? {
                Read::Page(page) => page,
                _ if lost == LOST_PLACES => return Err(Error::unavailable(self.what("keep a place in the stream of"))),
                Read::Expired => {
                    lost += 1;
                    continue;
                }
                Read::Trimmed => {
                    lost += 1;
                    // A reader at the horizon loses its place when that moves on; by the hour it is known what it missed.
                    let read = piece.position.shards.insert(id.to_owned(), At::Unread);
                    piece.gap |= read.is_some_and(|at| at != At::Unread);
                    continue;
                }
            };
            let count = page.records().len();
            if let Some(number) = page.records().last().and_then(|record| record.dynamodb()?.sequence_number()) {
                piece.position.shards.insert(id.to_owned(), At::After(number.to_owned()));
            }
            piece.changes.extend(page.records().iter().filter_map(change));
            let Some(next) = page.next_shard_iterator else {
                piece.position.shards.insert(id.to_owned(), At::End);
                return Ok(());
            };
            self.remember(id, &piece.position, &next);
            iterator = Some(next);
            empty = if count == 0 { empty + 1 } else { 0 };
            if empty >= if closed { EMPTY_PAGES_CLOSED } else { EMPTY_PAGES } {
                return Ok(());
            }
        }
        Ok(())
    }

    /// An iterator at the place where `piece` stands in a shard; `None` when the shard is gone.
    async fn iterator(&self, stream: &str, id: &str, piece: &mut Piece) -> Result<Option<String>> {
        loop {
            let at = piece.position.shards.get(id).cloned().unwrap_or(At::Unread);
            let (kind, number) = match at {
                At::End => return Ok(None),
                At::Unread => (ShardIteratorType::TrimHorizon, None),
                At::After(ref number) => (ShardIteratorType::AfterSequenceNumber, Some(number.clone())),
            };
            let request = self.streams.get_shard_iterator().stream_arn(stream).shard_id(id).shard_iterator_type(kind);
            let error = match request.set_sequence_number(number).send().await {
                Ok(answer) => return Ok(answer.shard_iterator),
                Err(error) => error,
            };
            match refusal(&error) {
                Refusal::Gone => {
                    piece.gap = true;
                    piece.position.shards.remove(id);
                    return Ok(None);
                }
                Refusal::Trimmed if at != At::Unread => {
                    piece.gap = true;
                    piece.position.shards.insert(id.to_owned(), At::Unread);
                }
                _ => return Err(failed(&self.what("read the stream of"), error)),
            }
        }
    }

    async fn page(&self, iterator: &str, limit: usize) -> Result<Read> {
        let limit = i32::try_from(limit).unwrap_or(i32::MAX);
        match self.streams.get_records().shard_iterator(iterator).limit(limit).send().await {
            Ok(page) => Ok(Read::Page(page)),
            Err(error) => match error.as_service_error() {
                Some(GetRecordsError::ExpiredIteratorException(_)) => Ok(Read::Expired),
                Some(GetRecordsError::TrimmedDataAccessException(_)) => Ok(Read::Trimmed),
                _ => Err(failed(&self.what("read the stream of"), error)),
            },
        }
    }

    /// The iterator that an earlier call left at the place where `position` stands: behind empty pages, which need not be
    /// read again, and without asking for one.
    fn remembered(&self, id: &str, position: &Position) -> Option<String> {
        let number = String::from(position.shards.get(id)?.clone());
        let iterators = self.iterators.lock().unwrap_or_else(PoisonError::into_inner);
        iterators.get(id).filter(|(read, _)| *read == number).map(|(_, iterator)| iterator.clone())
    }

    fn remember(&self, id: &str, position: &Position, iterator: &str) {
        let Some(at) = position.shards.get(id) else { return };
        let mut iterators = self.iterators.lock().unwrap_or_else(PoisonError::into_inner);
        iterators.retain(|id, _| position.shards.contains_key(id));
        iterators.insert(id.to_owned(), (String::from(at.clone()), iterator.to_owned()));
    }
}

/// Whether a stream lacks some of its table's documents: it is as old as the table when the table was made with it, and
/// remembers a day.
fn incomplete(table: Option<&DateTime>, stream: Option<&DateTime>, hour: i64) -> bool {
    let (Some(table), Some(stream)) = (table, stream) else { return true };
    stream.secs() - table.secs() > YOUNGER_S || hour - stream.secs().div_euclid(3_600) >= REMEMBERED_HOURS
}

/// Why there is no iterator.
enum Refusal {
    Gone,
    Trimmed,
    Other,
}

fn refusal<R>(error: &SdkError<GetShardIteratorError, R>) -> Refusal {
    match error.as_service_error() {
        Some(GetShardIteratorError::ResourceNotFoundException(_)) => Refusal::Gone,
        Some(GetShardIteratorError::TrimmedDataAccessException(_)) => Refusal::Trimmed,
        _ => Refusal::Other,
    }
}

fn change(record: &Record) -> Option<Change> {
    let keys = record.dynamodb()?.keys()?;
    let text = |name: &str| keys.get(name).and_then(|value: &AttributeValue| value.as_s().ok()).cloned();
    let removed = record.event_name() == Some(&OperationType::Remove);
    Some(Change { key: Key { pk: text(PK)?, sk: text(SK)? }, removed })
}
