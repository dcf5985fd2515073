// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Watching;

/// <summary>Whose files a path means.</summary>
[Flags]
public enum WatchScopes
{
    None = 0,

    /// <summary>The machine's, whoever changes them and by whatever name.</summary>
    Host = 1,

    /// <summary>Those of each container, as it sees them.</summary>
    Containers = 2,
    All = Host | Containers,
}
