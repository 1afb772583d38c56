//! The operations of one migration, rendered in their order, those of one table together where that is one
//! atomic statement.

use super::left_out::left_out;
use super::mysql::{self, TableChange};
use super::sqlite::{self, Rebuild};
use super::{RenderError, Statement, index, postgres};
use crate::catalog::Catalog;
use crate::dialect::Dialect;
use crate::dsl::Operation;

/// Collects the steps of one migration.
#[derive(Debug)]
pub(crate) struct Batch {
    dialect: Dialect,
    /// Whether indexes are made and dropped while others write, where that takes words of its own.
    concurrently: bool,
    pieces: Vec<Piece>,
    left_out: Vec<String>,
}

/// What a migration is on one engine.
#[derive(Debug)]
pub(crate) struct Rendered {
    pub(crate) statements: Vec<Statement>,
    /// What the engine has no form of, and is done without.
    pub(crate) left_out: Vec<String>,
}

/// A statement, or a change of one table that further steps may still join.
#[derive(Debug)]
pub(super) enum Piece {
    Statement(Statement),
    Change(TableChange),
    Rebuild(Box<Rebuild>),
}

/// Statements that no change of a table joins.
pub(super) fn alone(
    statements: Result<Vec<Statement>, RenderError>,
) -> Result<Vec<Piece>, RenderError> {
    Ok(statements?.into_iter().map(Piece::Statement).collect())
}

impl Batch {
    pub(crate) fn new(dialect: Dialect, concurrently: bool) -> Self {
        Batch {
            dialect,
            concurrently: concurrently && dialect.features().concurrent_indexes,
            pieces: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// Renders one more step; `before` is the schema before it.
    pub(crate) fn step(
        &mut self,
        step: usize,
        operation: &Operation,
        before: &Catalog,
    ) -> Result<(), RenderError> {
        let operation = &*before.spelled_out(operation);
        self.left_out.extend(left_out(self.dialect, operation));
        if self.concurrently
            && let Some(statement) = index::concurrently(step, operation, before)?
        {
            self.pieces.push(Piece::Statement(statement));
            return Ok(());
        }
        match self.dialect {
            Dialect::Postgres => {
                let statements = postgres::render(step, operation, before)?;
                self.pieces
                    .extend(statements.into_iter().map(Piece::Statement));
            }
            Dialect::Sqlite => {
                if let Some(rebuild) = self.open_rebuild(operation.table())
                    && rebuild.take_in_operation(step, operation, before)?
                {
                    return Ok(());
                }
                for piece in sqlite::render(step, operation, before)? {
                    self.join_rebuild(piece)?;
                }
            }
            Dialect::MySql | Dialect::MariaDb => {
                for piece in mysql::render(self.dialect, step, operation, before)? {
                    self.join(piece);
                }
            }
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Rendered {
        let dialect = self.dialect;
        let mut statements = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            match piece {
                Piece::Statement(statement) => statements.push(statement),
                Piece::Change(change) => statements.push(change.into_statement(dialect)),
                Piece::Rebuild(rebuild) => statements.extend(rebuild.statements),
            }
        }
        Rendered {
            statements,
            left_out: self.left_out,
        }
    }

    /// A change joins the latest change of its table, unless something other than a change of another
    /// table stands between, what a whole statement depends on being not known here, or a change of a table that a
    /// foreign key links it to.
    fn join(&mut self, piece: Piece) {
        let Piece::Change(mut change) = piece else {
            self.pieces.push(piece);
            return;
        };
        for earlier in self.pieces.iter_mut().rev() {
            match earlier {
                Piece::Statement(_) | Piece::Rebuild(_) => break,
                Piece::Change(earlier) if earlier.table == change.table => {
                    match earlier.merge(change) {
                        None => return,
                        Some(refused) => change = refused,
                    }
                    break;
                }
                Piece::Change(earlier) if earlier.is_linked_to(&change) => break,
                Piece::Change(_) => {}
            }
        }
        self.pieces.push(Piece::Change(change));
    }

    /// A rebuild joins the latest one of its table, under the same condition.
    fn join_rebuild(&mut self, piece: Piece) -> Result<(), RenderError> {
        if let Piece::Rebuild(later) = &piece
            && let Some(earlier) = self.open_rebuild(Some(later.table()))
            && earlier.take_in(later)?
        {
            return Ok(());
        }
        self.pieces.push(piece);
        Ok(())
    }

    /// The rebuild of a table that further steps may still join.
    fn open_rebuild(&mut self, table: Option<&str>) -> Option<&mut Rebuild> {
        let pieces = self.pieces.iter_mut().rev();
        pieces
            .map_while(|piece| match piece {
                Piece::Rebuild(rebuild) => Some(rebuild),
                Piece::Statement(_) | Piece::Change(_) => None,
            })
            .find(|rebuild| Some(rebuild.table()) == table)
            .map(|rebuild| &mut **rebuild)
    }
}

#[cfg(test)]
mod tests {
    use crate::dsl::*;

    /// MariaDB asks `IF NOT EXISTS` of the table as it was before the statement, and knows no case in names.
    #[test]
    fn a_column_that_comes_back_in_another_case_is_a_statement_of_its_own() {
        let base = Migrations::new([Migration::new("001", "t").create_table(
            table("t").columns([integer("id").primary_key(), integer("N").nullable()]),
        )]);
        let renamed = Migration::new("002", "n")
            .drop_column("t", "N")
            .add_column("t", integer("n").nullable());
        for dialect in [MySql, MariaDb] {
            let plan = renamed.plan(dialect, &base.validate().unwrap()).unwrap();
            assert_eq!(plan.statements.len(), 2, "{plan}");
        }
    }
}
