// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Files;

namespace NodeAgent.Storage.Security;

/// <summary>Tells what becomes of followed files in the storage's log lines.</summary>
public static class FollowedFilesLog
{
    public static FileReports To(ILogger logger) => new(files => Log.FilesReloaded(logger, files), (files, reason) => Log.FilesUnusable(logger, files, reason));
}
