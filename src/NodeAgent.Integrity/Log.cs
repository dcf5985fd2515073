// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Integrity;

internal static partial class Log
{
    [LoggerMessage(9501, LogLevel.Error, "Looking at a watched file failed, {Count} times so far; watched files are compared with the baseline")]
    public static partial void LookFailed(ILogger logger, long count, Exception exception);

    [LoggerMessage(9502, LogLevel.Warning, "Watched files of the machine cannot be read below {Root}: {Problem}")]
    public static partial void HostRootUnreadable(ILogger logger, string root, string problem);

    [LoggerMessage(9503, LogLevel.Warning, "Files cannot be followed while somebody has them open for writing: {Problem}")]
    public static partial void NoWriteWatch(ILogger logger, string problem);

    [LoggerMessage(9504, LogLevel.Warning, "What watched files were like is not known, {File} cannot be read: {Problem}")]
    public static partial void BaselineUnreadable(ILogger logger, string file, string problem);

    [LoggerMessage(9505, LogLevel.Warning, "What watched files are like cannot be kept in {File}: {Problem}")]
    public static partial void BaselineUnwritten(ILogger logger, string file, string problem);

    [LoggerMessage(9506, LogLevel.Information, "Watched files of the machine were compared: {Count} files and folders, {Doubtful} looked at once more")]
    public static partial void BaselineCompared(ILogger logger, int count, int doubtful);
}
