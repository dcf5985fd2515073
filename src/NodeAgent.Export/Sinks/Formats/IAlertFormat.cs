// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>One alert as bytes: a pure function, the same on every way.</summary>
/// <remarks>
/// What it writes has no line break and no control character, whatever the alert holds, and is valid UTF-8; so it can stand in a line of any log.
/// </remarks>
public interface IAlertFormat
{
    /// <summary>Shape: the word of the configuration.</summary>
    string Name { get; }

    /// <summary>Shape: the definition that documents follow, with its version.</summary>
    string Schema { get; }

    /// <summary>Whether it is one JSON object, so that it can be a member of another document.</summary>
    bool IsJson { get; }

    void Write(RuntimeAlerts envelope, IBufferWriter<byte> output);
}
