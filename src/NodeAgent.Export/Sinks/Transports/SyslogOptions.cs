// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Transports;

/// <summary>A syslog receiver.</summary>
public sealed record SyslogOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Shape: 0 to 23; 16 = local0.</summary>
    public int Facility { get; init; } = 16;

    /// <summary>Units: bytes of one message. RFC 5425 asks receivers to take 8192; rsyslog takes no more unless it is told to.</summary>
    public int MaxBytes { get; init; } = 8192;

    /// <summary>Shape: a private enterprise number, under which id, rule, severity and pod stand as structured data; null = none.</summary>
    public int? EnterpriseId { get; init; }

    /// <summary>Null = no TLS.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>How long a connection must hold after a message before that counts as arrived.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(2);
}
