// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning.Witnesses;

/// <summary>How surely a note is about what is asked; the later the surer.</summary>
internal enum WitnessMatch
{
    None,

    /// <summary>It had the name.</summary>
    Name,

    /// <summary>It is the same file or module.</summary>
    Same,
}
