// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Changes;

namespace NodeAgent.Integrity.Looking;

internal interface IProcessLooker
{
    /// <summary>Units: bytes read so far. Any thread.</summary>
    long BytesRead { get; }

    /// <param name="path">Shape: absolute path in the process's root, of bytes.</param>
    ProcessLook LookAt(FileObservation seen, byte[] path, CancellationToken stop);
}
