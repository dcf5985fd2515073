// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_dns_flag</c>.</summary>
[Flags]
public enum DnsRecordFlags : uint
{
    None = 0,

    /// <summary>Message holds fewer bytes than message_size says.</summary>
    Truncated = 1,
}

/// <summary>Source: <c>enum na_socket_operation</c>.</summary>
public enum SocketOperation : uint
{
    None = 0,
    Bind = 1,
    Listen = 2,

    /// <summary>Raw and packet sockets.</summary>
    Create = 3,
}

/// <summary>Source: <c>enum na_payload_protocol</c>.</summary>
public enum PayloadProtocol : uint
{
    None = 0,

    /// <summary>Payload: request line and headers.</summary>
    HttpRequest = 1,

    /// <summary>Payload: status line and headers.</summary>
    HttpResponse = 2,

    /// <summary>Payload: from the record header on.</summary>
    TlsClientHello = 3,
}

/// <summary>Source: <c>enum na_payload_flag</c>.</summary>
[Flags]
public enum PayloadFlags : uint
{
    None = 0,

    /// <summary>There was more than the copy holds.</summary>
    Truncated = 1,
}
