//! BLAKE3 of a file in pieces, which any number of threads hash in any order.
//!
//! BLAKE3 is a tree: each piece is a subtree, and the chaining values of neighbours are
//! merged up to the root. Section 2.1 of the
//! [paper](https://github.com/BLAKE3-team/BLAKE3-specs/blob/master/blake3.pdf) has its shape.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use blake3::Hasher;
use blake3::hazmat::{
    ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root,
};

use crate::identity::Digest;
use crate::platform;

/// The number of bytes in a piece. Measured: half of it takes up to 3 % longer, as each read
/// starts again at the speed of memory; with twice of it a cache of 512 KiB is too small.
pub(super) const PIECE_LEN: usize = 256 * 1024;

/// The number of values that wait for an earlier piece, beyond which that piece is hashed a
/// second time: its thread may have no core.
const MAX_PENDING: usize = 256;

/// The pieces of one file: those that are hashed, and those that are not.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// The subtrees that begin the file, the largest first.
    merged: Vec<ChainingValue>,
    /// The number of pieces in `merged`.
    merged_len: u64,
    /// The values of pieces of which an earlier one is missing.
    pending: BTreeMap<u64, ChainingValue>,
    /// The number of pieces that have been given out.
    claimed: u64,
    /// The number of pieces of the file, as soon as its end has been read.
    len: Option<u64>,
}

impl Pieces {
    /// Returns a piece that no thread has, or `None` at the end of the file.
    pub(super) fn claim(&mut self) -> Option<u64> {
        let has_more = self.len.is_none_or(|len| self.claimed < len);
        has_more.then(|| {
            self.claimed += 1;
            self.claimed - 1
        })
    }

    /// Returns a piece to hash, or `None` if all are hashed. If no other is left, or too
    /// many values wait for it, it is one that another thread has: waiting for that thread
    /// could take longer.
    pub(super) fn claim_or_repeat(&mut self) -> Option<u64> {
        if self.pending.len() >= MAX_PENDING {
            return Some(self.merged_len);
        }
        let missing = self.merged_len;
        let is_missing = self.len.is_none_or(|len| missing < len);
        self.claim().or_else(|| is_missing.then_some(missing))
    }

    /// Adds the value of a piece. The last piece is the only one that can be short: `part`
    /// is the content, empty behind the end of the file.
    pub(super) fn add(&mut self, at: u64, part: &[u8], value: Option<ChainingValue>) {
        if part.len() < PIECE_LEN {
            let len = at + u64::from(!part.is_empty());
            self.len = Some(self.len.map_or(len, |known| known.min(len)));
        }
        if at >= self.merged_len {
            self.pending.extend(value.map(|value| (at, value)));
        }
        while self.len.is_none_or(|len| self.merged_len < len)
            && let Some(value) = self.pending.remove(&self.merged_len)
        {
            self.push(value);
        }
    }

    /// Adds the value of the next piece to the subtrees, after merging those that are full.
    ///
    /// They are merged no earlier, because the last merge of all makes the root.
    fn push(&mut self, value: ChainingValue) {
        let subtrees = self.merged_len.count_ones() as usize;
        while self.merged.len() > subtrees {
            self.merge();
        }
        self.merged.push(value);
        self.merged_len += 1;
    }

    fn merge(&mut self) {
        if let (Some(right), Some(left)) = (self.merged.pop(), self.merged.pop()) {
            let merged = merge_subtrees_non_root(&left, &right, Mode::Hash);
            self.merged.push(merged);
        }
    }

    /// Returns the digest of all pieces.
    ///
    /// # Errors
    ///
    /// If there is only one: the file was longer when it was opened.
    pub(super) fn root(mut self) -> io::Result<Digest> {
        while self.merged.len() > 2 {
            self.merge();
        }
        match self.merged.as_slice() {
            [left, right] => Ok(merge_subtrees_root(left, right, Mode::Hash).into()),
            _ => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became shorter while it was hashed",
            )),
        }
    }
}

/// Reads from `offset` on, until `buffer` is full or the file ends. Returns the number of
/// bytes.
pub(super) fn fill(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match platform::read_at(file, &mut buffer[len..], offset + len as u64) {
            Ok(0) => break,
            Ok(read) => len += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// Returns the chaining value of a piece; `None` for an empty one.
pub(super) fn value(at: u64, part: &[u8]) -> Option<ChainingValue> {
    let offset = at * PIECE_LEN as u64;
    let hash = || {
        let mut hasher = Hasher::new();
        hasher.set_input_offset(offset).update(part);
        hasher.finalize_non_root()
    };
    (!part.is_empty()).then(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(len: usize) -> Vec<u8> {
        (0..=250).cycle().take(len).collect()
    }

    /// Returns the pieces of a file, of which `count` have been given out.
    fn claimed(count: usize) -> Pieces {
        let mut pieces = Pieces::default();
        for at in 0..count {
            assert_eq!(pieces.claim(), Some(at as u64));
        }
        pieces
    }

    /// Adds the pieces of `content` in an order.
    fn add(pieces: &mut Pieces, content: &[u8], order: impl IntoIterator<Item = usize>) {
        for at in order {
            let begin = (at * PIECE_LEN).min(content.len());
            let end = (begin + PIECE_LEN).min(content.len());
            let (at, part) = (at as u64, &content[begin..end]);
            pieces.add(at, part, value(at, part));
        }
    }

    #[test]
    fn the_order_of_the_pieces_does_not_matter() {
        for pieces in 2..=17 {
            for len in [pieces * PIECE_LEN, pieces * PIECE_LEN - 1] {
                let content = content(len);
                let expected = *blake3::hash(&content).as_bytes();
                let mut forwards = claimed(pieces + 1);
                add(&mut forwards, &content, 0..=pieces);
                assert_eq!(forwards.claim_or_repeat(), None);
                assert_eq!(forwards.root().unwrap(), expected);
                let mut backwards = claimed(pieces + 1);
                add(&mut backwards, &content, (0..=pieces).rev());
                assert_eq!(backwards.root().unwrap(), expected);
            }
        }
    }

    #[test]
    fn a_piece_that_is_not_delivered_is_given_out_again() {
        let content = content(3 * PIECE_LEN);
        let mut pieces = claimed(4);
        add(&mut pieces, &content, [2, 3, 0]);
        assert_eq!(pieces.claim(), None);
        assert_eq!(pieces.claim_or_repeat(), Some(1));
        add(&mut pieces, &content, [1, 1]);
        assert_eq!(pieces.claim_or_repeat(), None);
        assert_eq!(pieces.root().unwrap(), *blake3::hash(&content).as_bytes());
    }

    #[test]
    fn few_values_wait_for_a_piece() {
        let mut pieces = claimed(1);
        let part = vec![0; PIECE_LEN];
        for at in 1..=MAX_PENDING as u64 {
            assert_eq!(pieces.claim_or_repeat(), Some(at));
            pieces.add(at, &part, Some([0; 32]));
        }
        assert_eq!(pieces.claim_or_repeat(), Some(0));
        pieces.add(0, &part, Some([0; 32]));
        assert!(pieces.pending.is_empty());
    }

    #[test]
    fn a_file_cut_to_one_piece_is_an_error() {
        let mut pieces = Pieces::default();
        add(&mut pieces, &content(PIECE_LEN), 0..=1);
        let error = pieces.root().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
