//! As much of the protocols of PostgreSQL and MySQL as it takes to tell where a command and its answer end.
//!
//! Neither side may use TLS. <https://www.postgresql.org/docs/current/protocol-message-formats.html>,
//! <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_packets.html>

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Postgres,
    /// MariaDB's too.
    MySql,
}

/// What the login has settled, as far as answers depend on it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Login {
    greeted: bool,
    client_without_eof: Option<bool>,
    server_without_eof: bool,
}

/// How far the answer to one command has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    protocol: Protocol,
    without_eof: bool,
    part: Part,
}

/// The parts of a text result of MySQL.
#[derive(Clone, Copy, Debug)]
enum Part {
    Head,
    Columns(u64),
    EndOfColumns,
    Rows,
}

/// What a message of the client is, once it is logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// The server answers what was sent up to here.
    Command,
    /// Only the beginning of a command.
    Beginning,
    /// A farewell, which is not answered.
    End,
}

/// More results of this command follow: `SERVER_MORE_RESULTS_EXISTS`.
const MORE_RESULTS: u16 = 8;
/// `CLIENT_DEPRECATE_EOF`
const WITHOUT_EOF: u32 = 1 << 24;

impl Protocol {
    /// The length of the message that `bytes` begin with; none where too little of it is there.
    pub(crate) fn length(self, bytes: &[u8], first_of_client: bool) -> Option<usize> {
        match self {
            Protocol::Postgres => {
                let type_byte = usize::from(!first_of_client);
                let length = bytes.get(type_byte..type_byte + 4)?;
                Some(type_byte + u32::from_be_bytes(length.try_into().unwrap()) as usize)
            }
            Protocol::MySql => {
                let length = bytes.get(..4)?;
                Some(4 + u32::from_le_bytes([length[0], length[1], length[2], 0]) as usize)
            }
        }
    }

    pub(crate) fn request(self, message: &[u8]) -> Request {
        match (self, message[if self == Protocol::MySql { 4 } else { 0 }]) {
            // Terminate; COM_QUIT.
            (Protocol::Postgres, b'X') | (Protocol::MySql, 1) => Request::End,
            // Query, Sync; COM_INIT_DB, COM_QUERY, COM_PING.
            (Protocol::Postgres, b'Q' | b'S') | (Protocol::MySql, 2 | 3 | 14) => Request::Command,
            // Parse, Bind, Describe, Execute, Close.
            (Protocol::Postgres, b'P' | b'B' | b'D' | b'E' | b'C') => Request::Beginning,
            (protocol, other) => {
                panic!("a message of type {other} is new to the proxy of {protocol:?}")
            }
        }
    }
}

impl Login {
    pub(crate) fn client_says(&mut self, protocol: Protocol, message: &[u8]) {
        let first = self.client_without_eof.is_none();
        let payload = &message[4..];
        let flags = |bytes: &[u8]| u32::from_le_bytes(bytes[..4].try_into().unwrap());
        match protocol {
            Protocol::Postgres if first => {
                assert_eq!(
                    payload[..4],
                    [0, 3, 0, 0],
                    "version 3, and not a wish for TLS"
                );
                self.client_without_eof = Some(false);
            }
            Protocol::MySql if first => {
                self.client_without_eof = Some(flags(payload) & WITHOUT_EOF != 0);
            }
            Protocol::Postgres | Protocol::MySql => {}
        }
    }

    /// Whether the login ends with this message of the server.
    pub(crate) fn server_says(&mut self, protocol: Protocol, message: &[u8]) -> bool {
        if protocol == Protocol::Postgres {
            return message[0] == b'Z';
        }
        let payload = &message[4..];
        if self.greeted {
            return payload[0] == 0;
        }
        self.greeted = true;
        // After the version: thread, scramble, filler, lower flags, character set, status, upper flags.
        let version_end = 1 + payload[1..].iter().position(|byte| *byte == 0).unwrap();
        let upper = &payload[version_end + 1 + 4 + 8 + 1 + 2 + 1 + 2..][..2];
        let upper = u32::from(u16::from_le_bytes([upper[0], upper[1]])) << 16;
        self.server_without_eof = upper & WITHOUT_EOF != 0;
        false
    }

    pub(crate) fn answer(&self, protocol: Protocol) -> Answer {
        Answer {
            protocol,
            without_eof: self.server_without_eof && self.client_without_eof == Some(true),
            part: Part::Head,
        }
    }
}

impl Answer {
    /// Whether the answer ends with this message.
    pub(crate) fn ends_with(&mut self, message: &[u8]) -> bool {
        if self.protocol == Protocol::Postgres {
            return message[0] == b'Z';
        }
        let payload = &message[4..];
        let short = payload.len() < 9;
        match (self.part, payload[0]) {
            // An error ends everything.
            (Part::Head | Part::Rows, 0xFF) => true,
            (Part::Head, 0) => !more_results(payload),
            (Part::Head, _) => {
                self.part = Part::Columns(number(payload).0);
                false
            }
            (Part::Columns(left), _) => {
                self.part = match (left, self.without_eof) {
                    (2.., _) => Part::Columns(left - 1),
                    (_, true) => Part::Rows,
                    (_, false) => Part::EndOfColumns,
                };
                false
            }
            (Part::EndOfColumns, _) => {
                self.part = Part::Rows;
                false
            }
            (Part::Rows, 0xFE) if self.without_eof => {
                self.part = Part::Head;
                !more_results(payload)
            }
            (Part::Rows, 0xFE) if short => {
                self.part = Part::Head;
                u16::from_le_bytes([payload[3], payload[4]]) & MORE_RESULTS == 0
            }
            (Part::Rows, _) => false,
        }
    }
}

/// Of an OK message: its head, two numbers, the status.
fn more_results(payload: &[u8]) -> bool {
    let rest = &payload[1..];
    let rest = &rest[number(rest).1..];
    let rest = &rest[number(rest).1..];
    u16::from_le_bytes([rest[0], rest[1]]) & MORE_RESULTS != 0
}

/// A number in MySQL's variable length, and how many bytes it takes.
fn number(bytes: &[u8]) -> (u64, usize) {
    let length = match bytes[0] {
        0xFC => 2,
        0xFD => 3,
        0xFE => 8,
        small => return (u64::from(small), 1),
    };
    let mut padded = [0; 8];
    padded[..length].copy_from_slice(&bytes[1..=length]);
    (u64::from_le_bytes(padded), 1 + length)
}
