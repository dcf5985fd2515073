// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers.Cri.Messages;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>What the runtimes told of containers, pods and images, unasked or when asked. For any thread.</summary>
/// <param name="capacity">Units: containers, and as many pods and images; when one more comes, all of its kind are forgotten and asked for again.</param>
internal sealed class CriCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Container> _containers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodSandboxStatus> _sandboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Image> _images = new(StringComparer.Ordinal);

    public Container? FindContainer(string id) => Find(_containers, id);

    public PodSandboxStatus? FindSandbox(string id) => Find(_sandboxes, id);

    public Image? FindImage(string reference) => Find(_images, reference);

    public void Add(Container container) => Add(_containers, container.Id, container);

    public void Add(string reference, Image image) => Add(_images, reference, image);

    public void Add(PodSandboxStatus sandbox) => Add(_sandboxes, sandbox.Id, sandbox);

    /// <summary>An event tells of the whole pod, whichever of its containers it is about.</summary>
    public void Add(ContainerEventResponse told)
    {
        if (told.PodSandboxStatus is not { Id.Length: > 0 } sandbox)
        {
            return;
        }

        Add(sandbox);
        foreach (ContainerStatus status in told.ContainersStatuses)
        {
            var container = new Container { Id = status.Id, PodSandboxId = sandbox.Id, Metadata = status.Metadata, Image = status.Image, ImageRef = status.ImageRef };
            container.Labels.Add(status.Labels);
            Add(container);
        }
    }

    private T? Find<T>(Dictionary<string, T> known, string id)
        where T : class
    {
        lock (_lock)
        {
            return known.GetValueOrDefault(id);
        }
    }

    private void Add<T>(Dictionary<string, T> known, string id, T value)
    {
        lock (_lock)
        {
            if (known.Count >= capacity && !known.ContainsKey(id))
            {
                known.Clear();
            }

            known[id] = value;
        }
    }
}
