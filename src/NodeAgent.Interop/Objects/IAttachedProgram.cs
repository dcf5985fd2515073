// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;

namespace NodeAgent.Interop.Objects;

/// <summary>A program that runs until this is disposed.</summary>
public interface IAttachedProgram : IDisposable
{
    string Program { get; }

    /// <summary>Gives it a name in a bpffs: the program then runs on when this is disposed and when the process ends.</summary>
    /// <exception cref="BpfException">EINVAL: this kernel cannot pin what attaches it.</exception>
    void Pin(string path);

    /// <summary>Undoes what <see cref="Pin"/> says of dispose; the caller removes the name.</summary>
    void Unpin();
}
