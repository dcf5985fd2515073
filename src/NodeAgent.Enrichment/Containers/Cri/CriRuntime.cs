// SPDX-License-Identifier: Apache-2.0
using Google.Protobuf;
using NodeAgent.Enrichment.Containers.Cri.Messages;

namespace NodeAgent.Enrichment.Containers.Cri;

/// <summary>One runtime behind one socket: its calls, and when it may be asked again after it failed. For one task.</summary>
internal sealed class CriRuntime(string socketPath, CriOptions options, TimeProvider time) : IRuntime, IDisposable
{
    private const string RuntimeService = "/runtime.v1.RuntimeService/";
    private const string ImageService = "/runtime.v1.ImageService/";

    private readonly GrpcConnection _connection = new(socketPath);
    private long _listedAtFailures = -1;

    public string SocketPath { get; } = socketPath;

    /// <summary>Shape: <c>containerd</c>; empty until the runtime has answered.</summary>
    public string Name { get; private set; } = string.Empty;

    public RuntimeBackoff Backoff { get; } = new(options.MinBackoff, options.MaxBackoff, time);

    /// <summary>Whether all its containers were told since it last failed.</summary>
    public bool IsListed => _listedAtFailures == Backoff.Failures;

    /// <summary>Whether there is something to ask, and not too soon after a failure.</summary>
    public bool IsDue => Backoff.IsDue && File.Exists(SocketPath);

    /// <summary>Asks for the runtime's name, once.</summary>
    public async Task IntroduceAsync(CancellationToken cancellation)
    {
        if (Name.Length == 0)
        {
            Name = (await CallAsync(RuntimeService + "Version", new VersionRequest(), VersionResponse.Parser, cancellation)).RuntimeName;
        }
    }

    /// <summary>All containers that there are, those that have ended among them.</summary>
    public async Task<IReadOnlyList<Container>> ListContainersAsync(CancellationToken cancellation)
    {
        long failures = Backoff.Failures;
        ListContainersResponse answer = await CallAsync(RuntimeService + "ListContainers", new ListContainersRequest(), ListContainersResponse.Parser, cancellation);
        _listedAtFailures = failures;
        return answer.Containers;
    }

    /// <returns>Null: the runtime does not know it.</returns>
    public async Task<Container?> FindContainerAsync(string id, CancellationToken cancellation)
    {
        var question = new ListContainersRequest { Filter = new ContainerFilter { Id = id } };
        ListContainersResponse answer = await CallAsync(RuntimeService + "ListContainers", question, ListContainersResponse.Parser, cancellation);

        // Runtimes also take the start of an id; ours is whole.
        return answer.Containers.FirstOrDefault(container => container.Id == id);
    }

    /// <returns>Null: the runtime does not know it.</returns>
    public async Task<PodSandboxStatus?> FindSandboxAsync(string id, CancellationToken cancellation)
    {
        try
        {
            var question = new PodSandboxStatusRequest { PodSandboxId = id };
            return (await CallAsync(RuntimeService + "PodSandboxStatus", question, PodSandboxStatusResponse.Parser, cancellation)).Status;
        }
        catch (GrpcException e) when (e.Status == GrpcException.NotFound)
        {
            return null;
        }
    }

    /// <returns>Null: the runtime does not know it.</returns>
    public async Task<Image?> FindImageAsync(string reference, CancellationToken cancellation)
    {
        var question = new ImageStatusRequest { Image = new ImageSpec { Image = reference } };
        return (await CallAsync(ImageService + "ImageStatus", question, ImageStatusResponse.Parser, cancellation)).Image;
    }

    /// <summary>What the runtime tells by itself of containers that are made, started, stopped and removed.</summary>
    /// <exception cref="GrpcException">Its stream ended, or it has none.</exception>
    public IAsyncEnumerable<ContainerEventResponse> ListenAsync(CancellationToken cancellation) =>
        _connection.StreamAsync(RuntimeService + "GetContainerEvents", new GetEventsRequest(), ContainerEventResponse.Parser, cancellation);

    public void Dispose() => _connection.Dispose();

    private async Task<TAnswer> CallAsync<TAnswer>(string method, IMessage question, MessageParser<TAnswer> parser, CancellationToken cancellation)
        where TAnswer : IMessage<TAnswer>
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.CallTimeout);
        TAnswer answer = await _connection.CallAsync(method, question, parser, limit.Token);
        Backoff.Succeed();
        return answer;
    }
}
