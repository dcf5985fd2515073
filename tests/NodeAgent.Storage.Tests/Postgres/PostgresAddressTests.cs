// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Postgres;
using Npgsql;

namespace NodeAgent.Storage.Tests.Postgres;

public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("postgres://u@h/d", "h", 5432, "u", null, "d")]
    [InlineData("postgresql://u:p%40%2Fs@db.example:6432/d%20x", "db.example", 6432, "u", "p@/s", "d x")]
    [InlineData("postgres://u@[::1]:6432/d", "::1", 6432, "u", null, "d")]
    [InlineData("postgres://u@%2Frun%2Fpostgresql/d", "/run/postgresql", 5432, "u", null, "d")]
    [InlineData("postgres:///d?host=/run/x&user=u", "/run/x", 5432, "u", null, "d")]
    [InlineData("postgres://u@a:1,b:2/d", "a:1,b:2", 5432, "u", null, "d")]
    [InlineData("Host=h;Port=7;Username=u;Password=p;Database=d", "h", 7, "u", "p", "d")]
    public void Parse_Forms_AreUnderstood(string text, string host, int port, string user, string? password, string database)
    {
        NpgsqlConnectionStringBuilder address = PostgresAddress.Parse(text);

        Assert.Equal((host, port, user, password, database), (address.Host, address.Port, address.Username, address.Password, address.Database));
    }

    [Fact]
    public void Parse_Parameters_AreTaken()
    {
        NpgsqlConnectionStringBuilder address = PostgresAddress.Parse(
            "postgres://h/d?sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&connect_timeout=7&application_name=x&passfile=/p&target_session_attrs=primary");

        Assert.Equal((SslMode.VerifyFull, "/ca.pem", "/c.pem", "/k.pem"), (address.SslMode, address.RootCertificate, address.SslCertificate, address.SslKey));
        Assert.Equal((7, "x", "/p", TargetSessionAttributes.Primary), (address.Timeout, address.ApplicationName, address.Passfile, PostgresAddress.Target(address.TargetSessionAttributes)));
    }

    [Theory]
    [InlineData("postgres://u:secret@/d", "names no host")]
    [InlineData("postgres://u:secret@h:port/d", "port")]
    [InlineData("postgres://u:secret@h/d?sslmode=secret", "sslmode")]
    [InlineData("postgres://u:secret@h/d?nonsense=secret", "nonsense")]
    [InlineData("postgres://u:secret@h/d?target_session_attrs=secret", "target_session_attrs")]
    [InlineData("mysql://u:secret@h/d", "neither")]
    [InlineData("Host=h;Password=secret;Nonsense=1", "neither")]
    [InlineData("Host=h;Port=secret", "neither")]
    [InlineData("secret", "neither")]
    public void Validate_Nonsense_IsNamedWithoutItsText(string text, string named)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(new StorageOptions { Database = text }.Validate);

        Assert.Contains("Storage:Database", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Display_Password_IsLeftOut()
    {
        Assert.Equal("postgres://u@h:5432/d", PostgresAddress.Display(PostgresAddress.Parse("postgres://u:secret@h/d?sslpassword=secret")));
        Assert.Equal("postgres://u@a:1,b:2/d", PostgresAddress.Display(PostgresAddress.Parse("postgres://u:secret@a:1,b:2/d")));
    }
}
