// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf;

/// <summary>Event ids are append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 1100, Level = LogLevel.Debug, Message = "RLIMIT_MEMLOCK stays as it is: needed before Linux 5.11 only")]
    internal static partial void LockLimitStays(ILogger logger);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Information, Message = "Sensor {Name}: {State} {Variant}")]
    internal static partial void SensorStarted(ILogger logger, string name, SensorState state, string variant);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "Sensor {Name} is off: {Reason}")]
    internal static partial void SensorFailed(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 1103, Level = LogLevel.Warning, Message = "The cgroup2 tree cannot be used: {Reason}")]
    internal static partial void CgroupRootUnusable(ILogger logger, string reason);

    [LoggerMessage(EventId = 1104, Level = LogLevel.Information,
        Message = "Rings: process {ProcessBytes} bytes, {ShardCount} x {ShardBytes} bytes")]
    internal static partial void RingsMapped(ILogger logger, uint processBytes, int shardCount, uint shardBytes);

    [LoggerMessage(EventId = 1105, Level = LogLevel.Warning, Message = "Processes that run already are not known: {Reason}")]
    internal static partial void SnapshotFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 1130, Level = LogLevel.Information, Message = "Mounted a bpffs at {Path}; in a container it ends with the container, so mount the host's there")]
    internal static partial void BpfFileSystemMounted(ILogger logger, string path);

    [LoggerMessage(EventId = 1131, Level = LogLevel.Information,
        Message = "Pinned in {Path}, generation {Generation}: {TakenOver} sensors taken over as they run, {Older} older generations to read to their end")]
    internal static partial void PinsUsed(ILogger logger, string path, int generation, int takenOver, int older);

    [LoggerMessage(EventId = 1132, Level = LogLevel.Warning, Message = "Pins: {Problem}")]
    internal static partial void PinProblem(ILogger logger, string problem);

    [LoggerMessage(EventId = 1133, Level = LogLevel.Warning, Message = "Sensor {Name} cannot be pinned and ends with the agent: {Reason}")]
    internal static partial void SensorNotPinned(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 1134, Level = LogLevel.Information, Message = "Pins: generation {Generation} is read to its end and removed, {Duplicates} records were told by both")]
    internal static partial void OlderGenerationRead(ILogger logger, int generation, long duplicates);

    [LoggerMessage(EventId = 1120, Level = LogLevel.Warning, Message = "Runs of programs are not counted: {Reason}; it takes CAP_SYS_ADMIN")]
    internal static partial void StatisticsRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1121, Level = LogLevel.Information, Message = "Hash maps have {Factor} times the entries that are declared")]
    internal static partial void MapsScaled(ILogger logger, double factor);

    [LoggerMessage(EventId = 1140, Level = LogLevel.Debug, Message = "System calls are noted: something learns")]
    internal static partial void SyscallsAttached(ILogger logger);

    [LoggerMessage(EventId = 1141, Level = LogLevel.Debug, Message = "System calls are not noted: nothing learns")]
    internal static partial void SyscallsDetached(ILogger logger);

    [LoggerMessage(EventId = 1142, Level = LogLevel.Warning, Message = "System calls cannot be noted: {Reason}")]
    internal static partial void SyscallsFailed(ILogger logger, string reason);

    [LoggerMessage(EventId = 1111, Level = LogLevel.Information, Message = "Without {Object} its programs are attached one by one: {Reason}")]
    internal static partial void DispatchRefused(ILogger logger, string @object, string reason);

    [LoggerMessage(EventId = 1113, Level = LogLevel.Information, Message = "Sensor {Name} is attached by itself, since the kernel refuses it behind {Object}: {Reason}")]
    internal static partial void DispatchedRefused(ILogger logger, string name, string @object, string reason);

    [LoggerMessage(EventId = 1112, Level = LogLevel.Warning, Message = "What sensor {Name} costs is not measured: {Reason}")]
    internal static partial void SensorUnmeasured(ILogger logger, string name, string reason);

    [LoggerMessage(EventId = 1110, Level = LogLevel.Information, Message = "Sensor {Name} runs without {Program}")]
    internal static partial void SensorReduced(ILogger logger, string name, string program);
}
