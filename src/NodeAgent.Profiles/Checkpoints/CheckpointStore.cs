// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using NodeAgent.Files;
using NodeAgent.Profiles.Assembly;

namespace NodeAgent.Profiles.Checkpoints;

/// <summary>A folder with one file per profile: a profile is written alone, so what changes little costs little.</summary>
/// <remarks>
/// Each file is written aside, flushed to the disk and renamed: after a crash the old or the new one is there, whole.
/// The loader is used before the writer starts; the rest is the writer's thread's.
/// </remarks>
internal sealed class CheckpointStore(string directory, TimeProvider time, ILogger logger, ProfilesMetrics metrics)
{
    private const string Extension = ".profile";

    private bool _failing;

    public bool IsEnabled => directory.Length > 0;

    /// <returns>What could be read. A file that could not is renamed to <c>*.corrupt-TIME</c>, logged and counted.</returns>
    public IReadOnlyList<CapturedProfile> Load()
    {
        var profiles = new List<CapturedProfile>();
        if (!IsEnabled || !Directory.Exists(directory))
        {
            return profiles;
        }

        try
        {
            foreach (string file in Directory.GetFiles(directory))
            {
                Attempt(() => LoadFile(file, profiles));
            }
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Fail(e);
        }

        return profiles;
    }

    /// <returns>False when the disk refused; the failure is counted, and logged once until it is over.</returns>
    public bool TryWrite(CapturedProfile profile)
    {
        if (!IsEnabled)
        {
            return true;
        }

        try
        {
            byte[] bytes = CheckpointFormat.Write(profile);
            WholeFile.Replace(FileOf(profile.Identity), stream => stream.Write(bytes));
            metrics.CheckpointsWritten++;
            if (_failing)
            {
                _failing = false;
                Log.CheckpointsWorkAgain(logger, directory);
            }

            return true;
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Fail(e);
            return false;
        }
    }

    public void Remove(ProfileIdentity identity)
    {
        if (IsEnabled && Directory.Exists(directory))
        {
            Attempt(() => File.Delete(FileOf(identity)));
        }
    }

    public string FileOf(ProfileIdentity identity) =>
        Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity.Key)))[..32] + Extension);

    private void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Fail(e);
        }
    }

    private void LoadFile(string file, List<CapturedProfile> profiles)
    {
        if (WholeFile.IsRest(file))
        {
            // Left by a crash; the file that it was to replace is whole.
            File.Delete(file);
            Log.CheckpointCutOff(logger, file);
            return;
        }

        if (!file.EndsWith(Extension, StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            if (new FileInfo(file).Length > CheckpointFormat.MaxFileSize)
            {
                throw new InvalidDataException("it is too large");
            }

            profiles.Add(CheckpointFormat.Read(File.ReadAllBytes(file)));
        }
        catch (InvalidDataException e)
        {
            string aside = $"{file}.corrupt-{time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
            File.Move(file, aside, overwrite: true);
            metrics.CheckpointsCorrupt++;
            Log.CheckpointCorrupt(logger, file, e.Message, aside);
        }
    }

    private void Fail(Exception e)
    {
        metrics.CheckpointErrors++;
        if (!_failing)
        {
            _failing = true;
            Log.CheckpointsFail(logger, directory, e.Message);
        }
    }
}
