// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Admission;

/// <summary>What a request is for, as metrics tell it.</summary>
internal enum AdmissionKind
{
    Exec,
    PortForward,
    Other,
}
