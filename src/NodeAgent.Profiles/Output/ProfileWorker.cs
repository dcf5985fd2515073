// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Output;

/// <summary>What is to be done with one captured profile.</summary>
internal sealed record ProfileWork(CapturedProfile Captured, bool Publish, bool Force, bool Checkpoint, bool Remove)
{
    /// <summary>The newer one, with what the older one still had to do.</summary>
    public static ProfileWork Unite(ProfileWork older, ProfileWork newer) => newer.Remove ? newer with { Publish = newer.Publish || older.Publish } : newer with
    {
        Publish = newer.Publish || older.Publish,
        Force = newer.Force || older.Force,
        Checkpoint = newer.Checkpoint || older.Checkpoint,
    };
}

/// <summary>Does in the background what must not hold up the event loop: assembles objects and writes checkpoints.</summary>
internal sealed class ProfileWorker(ProfilesMetrics metrics, CheckpointStore store, string clusterName, TimeSpan retryDelay, TimeProvider time, ILogger logger)
{
    private readonly LatestQueue<ProfileWork> _work = new(work => work.Captured.Identity.Key, ProfileWork.Unite);
    private readonly LatestQueue<ProfileSnapshot> _snapshots = new(snapshot => snapshot.Key);

    // What was published last of each, as a hash: the profiles themselves would be most of this process's memory.
    private readonly Dictionary<string, string> _published = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CapturedProfile> _unwritten = new(StringComparer.Ordinal);

    private volatile IImageFiles? _images;
    private volatile bool _isBusy;
    private volatile int _unwrittenCount;

    public LatestQueue<ProfileSnapshot> Snapshots => _snapshots;

    /// <summary>Whether every checkpoint that was asked for is on the disk; for the thread that asks for them.</summary>
    /// <remarks>The queue first: what was taken from it makes the worker busy before it is gone from there.</remarks>
    public bool HasWrittenAll => _work.Count == 0 && !_isBusy && _unwrittenCount == 0;

    /// <summary>Who knows the files of images from now on; any thread.</summary>
    public void Use(IImageFiles images) => _images = images;

    public void Enqueue(ProfileWork work) => _work.Put(work);

    public void Complete() => _work.Complete();

    public async Task RunAsync()
    {
        long lastTry = time.GetTimestamp();
        while (true)
        {
            Task<bool> more = _work.WaitToReadAsync().AsTask();
            while (_unwritten.Count > 0 && !more.IsCompleted)
            {
                await Task.WhenAny(more, Task.Delay(retryDelay, time)).ConfigureAwait(false);
                Retry(ref lastTry);
            }

            if (!await more.ConfigureAwait(false))
            {
                break;
            }

            _isBusy = true;
            while (_work.TryRead(out ProfileWork? work))
            {
                Do(work);
                Retry(ref lastTry);
            }

            _isBusy = false;
        }

        RetryWrites();
        _snapshots.Complete();
    }

    private void Retry(ref long lastTry)
    {
        if (_unwritten.Count > 0 && time.GetElapsedTime(lastTry) >= retryDelay)
        {
            lastTry = time.GetTimestamp();
            RetryWrites();
        }
    }

    private void Do(ProfileWork work)
    {
        ProfileIdentity identity = work.Captured.Identity;
        try
        {
            // Asked from the first checkpoint on, so that it is known when the profile leaves: what is stored as complete stays as it is.
            LiteralPaths? files = work.Remove ? null : _images?.FilesOf(identity.Key, identity.Image, identity.ImageDigest);
            if (work.Remove)
            {
                _unwritten.Remove(identity.Key);
                _unwrittenCount = _unwritten.Count;
                store.Remove(identity);
            }
            else if (work.Checkpoint)
            {
                Write(work.Captured);
            }

            if (work.Publish)
            {
                Publish(work, files);
            }
            else if (work.Remove)
            {
                _published.Remove(identity.Key);
            }
        }
#pragma warning disable CA1031 // One profile that cannot be built must not end the background task and all the others with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            metrics.AssemblyErrors++;
            Log.AssemblyFailed(logger, identity.Key, e);
        }
    }

    private void Write(CapturedProfile captured)
    {
        if (store.TryWrite(captured))
        {
            _unwritten.Remove(captured.Identity.Key);
        }
        else
        {
            _unwritten[captured.Identity.Key] = captured;
        }

        _unwrittenCount = _unwritten.Count;
    }

    private void RetryWrites()
    {
        foreach (CapturedProfile captured in _unwritten.Values.ToArray())
        {
            Write(captured);
            if (_unwritten.ContainsKey(captured.Identity.Key))
            {
                return; // The disk still refuses; the others would fail alike.
            }
        }
    }

    private void Publish(ProfileWork work, LiteralPaths? files)
    {
        ProfileIdentity identity = work.Captured.Identity;
        ContainerProfile? profile = null;
        if (work.Remove)
        {
            _published.Remove(identity.Key);
        }
        else
        {
            profile = ContainerProfileBuilder.Build(work.Captured, clusterName, files);
            string hash = Hash(profile);
            if (!work.Force && _published.GetValueOrDefault(identity.Key) == hash)
            {
                return;
            }

            _published[identity.Key] = hash;
        }

        metrics.SnapshotsReplaced += _snapshots.Put(new ProfileSnapshot(identity.Namespace, identity.Name, profile, identity.WorkloadSlug)) ? 1 : 0;
        metrics.SnapshotsPublished++;
    }

    // The checksum covers the spec; the rest of what matters stands in the annotations.
    private static string Hash(ContainerProfile profile) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', profile.Metadata.Annotations!
        .Where(pair => pair.Key is not (KubescapeAnnotations.FailedOpens or KubescapeAnnotations.FailedConnects)).Select(pair => $"{pair.Key}={pair.Value}")))));
}
