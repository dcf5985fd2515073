// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Npgsql;

namespace NodeAgent.Storage.Postgres;

/// <summary>Where the database is, from an option's text.</summary>
/// <remarks>
/// Shape: <c>postgres://user@host:5432/database?sslmode=verify-full&amp;sslrootcert=/path</c> as libpq takes it, several
/// hosts with commas, or <c>Host=…;Username=…;Database=…</c> as Npgsql does. Errors name the parameter and never a value: it may be the password.
/// </remarks>
internal static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgres://", "postgresql://"];

    /// <exception cref="ArgumentException">The text is not understood.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        string? scheme = Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));
        NpgsqlConnectionStringBuilder address = scheme is null ? ParseKeywords(text) : ParseUri(text[scheme.Length..]);
        if (string.IsNullOrEmpty(address.Host))
        {
            throw new ArgumentException("names no host");
        }

        _ = Target(address.TargetSessionAttributes);
        return address;
    }

    /// <summary>Of several hosts the one that takes writes, wherever it is after a failover.</summary>
    /// <exception cref="ArgumentException">The parameter has another value.</exception>
    public static TargetSessionAttributes Target(string? configured) => configured switch
    {
        null or "" or "read-write" => TargetSessionAttributes.ReadWrite,
        "primary" => TargetSessionAttributes.Primary,
        "any" => TargetSessionAttributes.Any,
        _ => throw new ArgumentException("has a target_session_attrs that is none of read-write, primary, any"),
    };

    /// <summary>For logs: without the password.</summary>
    public static string Display(NpgsqlConnectionStringBuilder address)
    {
        string user = address.Username is { Length: > 0 } name ? name + "@" : string.Empty;
        string port = address.Host!.Contains(',', StringComparison.Ordinal) ? string.Empty : string.Create(CultureInfo.InvariantCulture, $":{address.Port}");
        return $"postgres://{user}{address.Host}{port}/{address.Database}";
    }

    private static NpgsqlConnectionStringBuilder ParseKeywords(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException)
        {
            // Npgsql's own message can quote the text.
            throw new ArgumentException("is neither postgres://… nor a connection string that Npgsql understands");
        }
    }

    private static NpgsqlConnectionStringBuilder ParseUri(string rest)
    {
        var address = new NpgsqlConnectionStringBuilder();
        int query = rest.IndexOf('?', StringComparison.Ordinal);
        string[] parameters = query < 0 ? [] : rest[(query + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries);
        rest = query < 0 ? rest : rest[..query];
        int at = rest.LastIndexOf('@');
        if (at >= 0)
        {
            string[] user = rest[..at].Split(':', 2);
            address.Username = Uri.UnescapeDataString(user[0]);
            address.Password = user.Length == 2 ? Uri.UnescapeDataString(user[1]) : null;
        }

        string[] place = rest[(at + 1)..].Split('/', 2);
        SetHosts(address, place[0]);
        if (place.Length == 2 && place[1].Length > 0)
        {
            address.Database = Uri.UnescapeDataString(place[1]);
        }

        foreach (string parameter in parameters)
        {
            string[] pair = parameter.Split('=', 2);
            Set(address, pair[0], pair.Length == 2 ? Uri.UnescapeDataString(pair[1]) : string.Empty);
        }

        return address;
    }

    private static void SetHosts(NpgsqlConnectionStringBuilder address, string text)
    {
        if (text.Contains(',', StringComparison.Ordinal))
        {
            address.Host = text;
            return;
        }

        int colon = text.LastIndexOf(':');
        bool hasPort = colon >= 0 && !text.EndsWith(']');
        if (hasPort)
        {
            address.Port = Number("port", text[(colon + 1)..]);
        }

        string host = (hasPort ? text[..colon] : text).Trim('[', ']');
        if (host.Length > 0)
        {
            // A directory of a UNIX socket comes percent-encoded.
            address.Host = Uri.UnescapeDataString(host);
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder address, string name, string value)
    {
        switch (name)
        {
            case "host": address.Host = value; break;
            case "port": address.Port = Number(name, value); break;
            case "dbname": address.Database = value; break;
            case "user": address.Username = value; break;
            case "password": address.Password = value; break;
            case "passfile": address.Passfile = value; break;
            case "sslmode": address.SslMode = Tls(value); break;
            case "sslrootcert": address.RootCertificate = value; break;
            case "sslcert": address.SslCertificate = value; break;
            case "sslkey": address.SslKey = value; break;
            case "sslpassword": address.SslPassword = value; break;
            case "application_name": address.ApplicationName = value; break;
            case "connect_timeout": address.Timeout = Number(name, value); break;
            case "target_session_attrs": _ = Target(value); address.TargetSessionAttributes = value; break;
            case "options": address.Options = value; break;
            default: throw new ArgumentException($"has the unknown parameter '{name}'");
        }
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= ushort.MaxValue
            ? number
            : throw new ArgumentException($"has a {name} that is no number up to {ushort.MaxValue}");

    private static SslMode Tls(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new ArgumentException("has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full"),
    };
}
