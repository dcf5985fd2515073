// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Drift;

/// <summary>What is acted upon where something drifts.</summary>
public enum DriftSubject
{
    /// <summary>A file: it is written, replaced, or its mode or attributes change.</summary>
    File,

    /// <summary>A kernel module: the key is its name.</summary>
    Module,

    /// <summary>A mount: the key is its mount point.</summary>
    Mount,

    /// <summary>A socket: the document itself says who holds it.</summary>
    Socket,
}
