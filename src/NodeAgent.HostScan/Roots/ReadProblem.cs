// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Roots;

/// <summary>Why a file of the host could not be read.</summary>
public enum ReadProblem
{
    None,

    /// <summary>Nothing is there: for most sensors that is an answer and no fault.</summary>
    Missing,

    /// <summary>It is there, and may not be read.</summary>
    Denied,

    /// <summary>A directory, device, FIFO or socket, which is never opened as a file.</summary>
    NotRegular,

    /// <summary>Links that lead in a circle, or a path that no file can have.</summary>
    BadPath,

    /// <summary>The file system or the disk failed.</summary>
    Failed,
}
