// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Alerts;

/// <summary>Reads files of containers and of the machine. One caller at a time; it may be one that never returns, for a file system may be anybody's.</summary>
internal interface IFileHashing
{
    /// <returns>Null: it is not there any more, is no regular file, or is too large.</returns>
    AlertFileHash? Hash(AlertedFile file, CancellationToken stop);
}
