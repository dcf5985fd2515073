// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Admission;

/// <summary>What became of a request, which was allowed in any case.</summary>
internal enum AdmissionOutcome
{
    /// <summary>On its way to the rules.</summary>
    Taken,

    /// <summary>Lost for want of room.</summary>
    Dropped,

    /// <summary>It came before.</summary>
    Repeated,

    /// <summary>It does nothing.</summary>
    DryRun,
}
