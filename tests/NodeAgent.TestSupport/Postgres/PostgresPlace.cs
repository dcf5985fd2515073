// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.TestSupport.Postgres;

/// <summary>What is special about one server.</summary>
public sealed record PostgresPlace
{
    /// <summary>Shape: as on the command line, <c>-c</c>, <c>name=value</c>, and so on.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>TLS on 127.0.0.1, with a certificate that signs itself.</summary>
    public bool Tls { get; init; }

    /// <summary>Put before the server's command, to run it in a network of its own; the UNIX socket stays.</summary>
    public IReadOnlyList<string> Enter { get; init; } = [];

    /// <summary>Listened on besides the UNIX socket; empty: nothing.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>An empty directory for the write-ahead log; null: beside the data.</summary>
    public string? LogDirectory { get; init; }
}
