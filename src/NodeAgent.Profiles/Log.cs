// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Profiles;

// Event ids are append-only.
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Learned profiles were read from checkpoints: {Count}")]
    public static partial void CheckpointsLoaded(ILogger logger, int count);

    [LoggerMessage(3001, LogLevel.Error, "Checkpoint {File} is corrupt ({Problem}); it is kept as {Aside}, its profile starts anew")]
    public static partial void CheckpointCorrupt(ILogger logger, string file, string problem, string aside);

    [LoggerMessage(3002, LogLevel.Error, "Checkpoints in {Directory} fail ({Problem}); learning goes on in memory, writing is retried")]
    public static partial void CheckpointsFail(ILogger logger, string directory, string problem);

    [LoggerMessage(3003, LogLevel.Information, "Checkpoints in {Directory} are written again")]
    public static partial void CheckpointsWorkAgain(ILogger logger, string directory);

    [LoggerMessage(3004, LogLevel.Information, "Learning {Profile} started")]
    public static partial void LearningStarted(ILogger logger, string profile);

    [LoggerMessage(3005, LogLevel.Information, "Profile {Profile} is completed: {Completion}{Reasons}")]
    public static partial void ProfileCompleted(ILogger logger, string profile, string completion, string reasons);

    [LoggerMessage(3006, LogLevel.Warning, "More profiles than {Limit} are needed; idle ones are forgotten")]
    public static partial void TooManyProfiles(ILogger logger, int limit);

    [LoggerMessage(3007, LogLevel.Error, "Profile {Profile} could not be assembled")]
    public static partial void AssemblyFailed(ILogger logger, string profile, Exception exception);

    [LoggerMessage(3008, LogLevel.Warning, "Flow history {File}: its last {Bytes} bytes were cut off in the middle of a write and are dropped; all before them is kept")]
    public static partial void FlowHistoryTorn(ILogger logger, string file, long bytes);

    [LoggerMessage(3009, LogLevel.Error, "Flow history {File}: {Count} frames are damaged; their flows are missing")]
    public static partial void FlowHistoryDamaged(ILogger logger, string file, int count);

    [LoggerMessage(3010, LogLevel.Error, "Flow history {File} is corrupt ({Problem}); it is kept as {Aside}, a new one begins")]
    public static partial void FlowHistoryCorrupt(ILogger logger, string file, string problem, string aside);

    [LoggerMessage(3011, LogLevel.Error, "Flow history {File} fails ({Problem}); flows are counted in memory, writing is retried")]
    public static partial void FlowHistoryFails(ILogger logger, string file, string problem);

    [LoggerMessage(3012, LogLevel.Information, "Flow history {File} is written again")]
    public static partial void FlowHistoryWorksAgain(ILogger logger, string file);

    [LoggerMessage(3013, LogLevel.Warning, "The flow history is over its {MaxBytes} bytes: {Count} flows that were not seen for the longest time are dropped")]
    public static partial void FlowHistoryFull(ILogger logger, long maxBytes, int count);

    [LoggerMessage(3014, LogLevel.Warning, "A checkpoint was cut off in the middle of its write ({File}); what was written before it is used")]
    public static partial void CheckpointCutOff(ILogger logger, string file);
}
