// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Tests;

/// <summary>A directory of one test, gone after it.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("node-agent-storage-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
