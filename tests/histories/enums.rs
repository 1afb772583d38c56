//! Enums, their columns, and values that come and go.

use hammerwork_migrations::dsl::*;

pub(super) fn enums() -> Migrations {
    let state = || enumerated("state", "job state");
    Migrations::new([
        Migration::new("001_enums", "Enums, one of them without columns")
            .create_enum(
                "job state",
                ["Pending", "it's \\ \"done\"", "größe, 100% $1 ?"],
            )
            .create_enum("level", ["low", "high"])
            .create_table(
                table("jobs")
                    .columns([
                        integer("id").primary_key(),
                        state().default("Pending"),
                        enumerated("before", "job state").nullable(),
                        enumerated("level", "level")
                            .nullable()
                            .on(MySql, varchar(20)),
                    ])
                    .index(index("state").columns(["state", "id"])),
            )
            .create_table(
                table("runs").columns([integer("id").primary_key(), integer("n").nullable()]),
            )
            .add_column("runs", state().default("it's \\ \"done\""))
            .create_enum("unused", ["x"])
            .drop_enum("unused"),
        Migration::new("002_values", "More values")
            .add_enum_value("job state", "Dead")
            .add_enum_value_before("job state", "Running; --", "Dead")
            .add_enum_value("level", "higher"),
        Migration::new("003_use", "The new values are used")
            .add_column("runs", enumerated("now", "job state").default("Dead"))
            .create_index(
                "runs",
                index("dead")
                    .columns(["id"])
                    .only_where(col("now").eq("Dead")),
            )
            .drop_index("runs", "dead"),
        Migration::new("004_fewer", "A value goes")
            .drop_enum_value("job state", "Running; --")
            .drop_enum_value("level", "low"),
    ])
}
