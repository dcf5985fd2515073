// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests;

/// <summary>A learner with checkpoints in a folder of its own, and a source of events for it.</summary>
internal sealed class KeptLearner : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-profiles-");

    public KeptLearner()
    {
        Learner = Next();
        Source = new EventSource(Learner);
    }

    public ProfileLearner Learner { get; }

    public EventSource Source { get; }

    /// <summary>One that goes on with the checkpoints. The caller disposes it.</summary>
    public ProfileLearner Next() => EventSource.Learner(EventSource.Options(_folder.FullName));

    public async ValueTask DisposeAsync()
    {
        await Learner.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
