// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Http;

/// <summary>Outcome of one step of reading a head.</summary>
public enum HttpReadResult
{
    Ok,

    /// <summary>The empty line: the head is over.</summary>
    End,

    /// <summary>The bytes end before the line does.</summary>
    Truncated,

    /// <summary>No line of HTTP/1.x.</summary>
    Malformed,
}
