// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent;

/// <summary>Log lines of the agent itself. Ids 7000 to 7999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Critical, "The event loop failed")]
    public static partial void LoopFailed(ILogger logger, Exception exception);

    [LoggerMessage(7001, LogLevel.Information, "Read {Processes} processes in {Cgroups} cgroups that were there before, in {Milliseconds:0.0} ms")]
    public static partial void SnapshotTaken(ILogger logger, int processes, int cgroups, double milliseconds);

    [LoggerMessage(7002, LogLevel.Warning, "Lost {Count} events of kind {Kind} ({Cause}), container {Container}")]
    public static partial void EventsLost(ILogger logger, ulong count, EventKind kind, LossCause cause, string container);

    [LoggerMessage(7003, LogLevel.Information, "node-agent {Version} on Linux {Kernel} ({Architecture}), {Cpus} CPUs, {Mode} mode")]
    public static partial void Starting(ILogger logger, string version, string kernel, string architecture, int cpus, string mode);

    [LoggerMessage(7004, LogLevel.Information, "User id {UserId}, effective capabilities {Capabilities}")]
    public static partial void Privileges(ILogger logger, string userId, string capabilities);

    [LoggerMessage(7007, LogLevel.Information, "Data in {Directory}; alerts to {Alerts}; learning for {LearningPeriod}")]
    public static partial void Modes(ILogger logger, string directory, string alerts, string learningPeriod);

    [LoggerMessage(7008, LogLevel.Information, "Kubernetes API on {Address}, credentials in {Kubeconfig}")]
    public static partial void StorageListening(ILogger logger, Uri address, string kubeconfig);

    [LoggerMessage(7026, LogLevel.Information, "Profiles go to the central storage {Address}, credentials in {Kubeconfig}")]
    public static partial void StorageCentral(ILogger logger, Uri address, string kubeconfig);

    [LoggerMessage(7009, LogLevel.Information, "/livez, /readyz and /metrics on http://{Address}")]
    public static partial void OperationsListening(ILogger logger, string address);

    [LoggerMessage(7010, LogLevel.Warning, "The data directory {Directory} cannot be written: {Problem}. Watching and alerting go on; nothing is kept")]
    public static partial void DataDirectoryReadOnly(ILogger logger, string directory, string problem);

    [LoggerMessage(7011, LogLevel.Information, "Stopping")]
    public static partial void Stopping(ILogger logger);

    [LoggerMessage(7012, LogLevel.Information, "Stopped after {Milliseconds} ms")]
    public static partial void Stopped(ILogger logger, long milliseconds);

    [LoggerMessage(7013, LogLevel.Warning, "{Part} was not finished when the time to stop was over")]
    public static partial void StopIncomplete(ILogger logger, string part);

    [LoggerMessage(7014, LogLevel.Warning, "{Problem}")]
    public static partial void Requirement(ILogger logger, string problem);

    [LoggerMessage(7015, LogLevel.Error, "{Part} failed")]
    public static partial void PartFailed(ILogger logger, string part, Exception exception);

    [LoggerMessage(7017, LogLevel.Error, "The embedded storage is off: {Reason}. Watching and alerting go on; profiles stay in the checkpoints")]
    public static partial void StorageOff(ILogger logger, string reason);

    [LoggerMessage(7018, LogLevel.Information, "Taken over from an agent that last read the kernel's counters {Seconds:0.0} s ago; the probes sent {Sent} records so far")]
    public static partial void TakenOver(ILogger logger, double seconds, ulong sent);

    [LoggerMessage(7019, LogLevel.Warning, "This looks like a pod of a cluster, but its API server cannot be asked: {Problem}. Pods go by what the runtime knows of them")]
    public static partial void NoApiServer(ILogger logger, string problem);

    [LoggerMessage(7020, LogLevel.Information, "Following the API server {Host} for the pods of node {Node}; peers of connections by name: {Peers}")]
    public static partial void FollowingCluster(ILogger logger, string host, string node, bool peers);

    [LoggerMessage(7021, LogLevel.Warning, "Cut {Count} events of class {Class}, over the budget of container {Container}")]
    public static partial void EventsCut(ILogger logger, ulong count, EventClass @class, string container);

    [LoggerMessage(7022, LogLevel.Warning, "The drift of profile {Profile} is refused by the storage: {Reason}")]
    public static partial void DriftNotStored(ILogger logger, string profile, string reason);

    [LoggerMessage(7023, LogLevel.Information, "Profiles that people wrote: {Authored} in place of learning, {Overlays} overlays")]
    public static partial void UserProfilesRead(ILogger logger, int authored, int overlays);

    [LoggerMessage(7024, LogLevel.Error, "{Resource} {Object} is not used: {Problem}")]
    public static partial void UserProfileRefused(ILogger logger, string resource, string @object, string problem);

    [LoggerMessage(7025, LogLevel.Warning, "Profiles that people wrote cannot be read from the storage: {Problem}. Those read before stay in force; trying again")]
    public static partial void UserProfilesUnreadable(ILogger logger, string problem);

    [LoggerMessage(7030, LogLevel.Information, "CollapseConfiguration {Object} {State}")]
    public static partial void CollapseRulesRead(ILogger logger, string @object, string state);

    [LoggerMessage(7031, LogLevel.Error, "{Resource} {Object}: {Field}: {Problem}; the rest is used")]
    public static partial void FieldRefused(ILogger logger, string resource, string @object, string field, string problem);

    [LoggerMessage(7032, LogLevel.Warning, "{Resource} {Object}: {Field}: {Problem}")]
    public static partial void FieldAllowsAll(ILogger logger, string resource, string @object, string field, string problem);

    [LoggerMessage(7040, LogLevel.Error, "The storage refused a chunk of profile {Profile} for good: {Reason}")]
    public static partial void ChunkRejected(ILogger logger, string profile, string reason);

    [LoggerMessage(7041, LogLevel.Warning, "The storage takes no chunk of {Bytes} bytes; they have at most {Limit} bytes from now on")]
    public static partial void ChunkTooLarge(ILogger logger, int bytes, int limit);

    [LoggerMessage(7042, LogLevel.Error, "An entry of profile {Profile} is too large for the storage ({Bytes} bytes) and is left out; the profile is partial")]
    public static partial void EntryRefused(ILogger logger, string profile, int bytes);

    [LoggerMessage(7043, LogLevel.Warning, "The storage lacks parts of profile {Profile} that it had taken; all of it is sent again")]
    public static partial void ProfileStartedOver(ILogger logger, string profile);

    [LoggerMessage(7050, LogLevel.Warning, "Alerts may wait in {Directory} for a sink that is not configured any more; delete it, or configure the sink again")]
    public static partial void SpoolWithoutSink(ILogger logger, string directory);

    [LoggerMessage(7052, LogLevel.Error, "Rules object {Object} cannot be read: {Problem}; the others are used")]
    public static partial void RuleObjectRefused(ILogger logger, string @object, string problem);

    [LoggerMessage(7053, LogLevel.Warning, "The status of Rules {Object} cannot be written: {Problem}")]
    public static partial void RuleStatusUnwritten(ILogger logger, string @object, string problem);

    [LoggerMessage(7044, LogLevel.Warning, "An entry of profile {Profile} makes a chunk of {Bytes} bytes, more than the limit of {Limit}")]
    public static partial void EntryOversized(ILogger logger, string profile, int bytes, int limit);

    [LoggerMessage(7054, LogLevel.Information, "SBOM {Name}: its {Count} files are named one by one in the profiles of the image")]
    public static partial void SbomRead(ILogger logger, string name, int count);

    [LoggerMessage(7055, LogLevel.Warning, "SBOM {Name} cannot be read from the storage: {Problem}. Files of images are generalised like all others; this is said once")]
    public static partial void SbomRefused(ILogger logger, string name, string problem);

    [LoggerMessage(7060, LogLevel.Information, "Host scan: {Sensors} sensors in {Milliseconds} ms, {Failed} checks failed, {Passed} passed, {Unknown} unknown")]
    public static partial void HostScanned(ILogger logger, int sensors, long milliseconds, int failed, int passed, int unknown);

    [LoggerMessage(7061, LogLevel.Warning, "Host scan: {Issue}; it is left out")]
    public static partial void CheckFileIssue(ILogger logger, string issue);

    [LoggerMessage(7062, LogLevel.Error, "The host scan failed: {Problem}. Trying again at the next interval")]
    public static partial void HostScanFailed(ILogger logger, string problem);

    [LoggerMessage(7063, LogLevel.Warning, "{Resource} {Name} of the host scan is refused by the storage: {Problem}. This is said once")]
    public static partial void HostObjectRefused(ILogger logger, string resource, string name, string problem);

    [LoggerMessage(7064, LogLevel.Warning, "What the host was like cannot be kept in {Path}: {Problem}. Changes while no agent runs may stay untold")]
    public static partial void HostBaselineUnwritten(ILogger logger, string path, string problem);

    [LoggerMessage(7065, LogLevel.Warning, "{Path} does not hold what the host was like: {Problem}. The next scan begins anew, and changes before it stay untold")]
    public static partial void HostBaselineUnreadable(ILogger logger, string path, string problem);

    [LoggerMessage(7066, LogLevel.Warning, "{Count} changes of the host found no room among the alerts")]
    public static partial void HostDriftDropped(ILogger logger, int count);

    [LoggerMessage(7070, LogLevel.Information, "Admission reviews on https://{Address}/validate, from {Callers}")]
    public static partial void AdmissionListening(ILogger logger, string address, string callers);

    [LoggerMessage(7071, LogLevel.Information, "{Files} changed and were read again")]
    public static partial void FilesReloaded(ILogger logger, string files);

    [LoggerMessage(7072, LogLevel.Error, "{Files} cannot be used ({Reason}); what was read before stays in force")]
    public static partial void FilesUnusable(ILogger logger, string files, string reason);

    [LoggerMessage(7073, LogLevel.Warning, "{Count} requests to the API server were not judged any more before the stop")]
    public static partial void AdmissionUnjudged(ILogger logger, int count);
}
